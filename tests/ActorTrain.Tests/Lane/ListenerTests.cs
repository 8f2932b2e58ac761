using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorTrain.Handshakes;
using ActorTrain.Hosting;
using ActorTrain.Lane;
using ActorTrain.Lane.Connections;
using ActorTrain.Protocol;
using Akka.Actor;
using Akka.Configuration;

namespace ActorTrain.Tests.Lane;

/// <summary>Limits for connections without a complete handshake: by TCP, and by the Unix domain socket.</summary>
public abstract class ListenerTests(bool unix)
    : ActorTests(NodeConfiguration.Client("127.0.0.1", ConfigurationFactory.Empty), "node")
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private readonly byte[] _token = Handshake.NewToken();
    private readonly List<IDisposable> _mine = [];

    protected override void AfterAll()
    {
        foreach (var one in _mine)
            one.Dispose();
        base.AfterAll();
    }

    [Fact]
    public void A_silent_connection_is_closed_at_its_deadline()
    {
        var listener = Listen(Soon, atOnce: 10);
        IsClosed(Connect(listener)).ShouldBeTrue();
    }

    [Fact]
    public void A_connection_with_an_incomplete_handshake_is_closed_at_its_deadline()
    {
        var socket = Connect(Listen(Soon, atOnce: 10));
        socket.Send(Hello()[..20]);
        IsClosed(socket).ShouldBeTrue();
    }

    [Fact]
    public void A_connection_with_a_complete_handshake_has_no_deadline()
    {
        var listener = Listen(Soon, atOnce: 10);
        var node = Connect(listener);
        IsWelcome(node).ShouldBeTrue();
        // The silent connection's deadline is later than this one's was.
        IsClosed(Connect(listener)).ShouldBeTrue();
        node.Poll(TimeSpan.Zero, SelectMode.SelectRead).ShouldBeFalse();
    }

    [Fact]
    public void A_connection_beyond_the_limit_displaces_the_oldest()
    {
        var listener = Listen(Never, atOnce: 3);
        var silent = Enumerable.Range(0, 4).Select(_ => Connect(listener)).ToList();
        IsClosed(silent[0]).ShouldBeTrue();
        IsWelcome(silent[3]).ShouldBeTrue();
        silent[1..3].ShouldAllBe(socket => !socket.Poll(TimeSpan.Zero, SelectMode.SelectRead));
    }

    [Fact]
    public async Task A_node_can_connect_during_a_flood()
    {
        var listener = Listen(Never, atOnce: 16);
        using var end = new CancellationTokenSource();
        var flood = Task.Run(() =>
        {
            // Only few are open at once, so that this process needs few descriptors.
            var silent = new Queue<Socket>();
            for (var i = 0; i < 3000 || !end.IsCancellationRequested; i++)
            {
                silent.Enqueue(Open(listener));
                if (silent.Count > 64)
                    silent.Dequeue().Dispose();
            }
            foreach (var socket in silent)
                socket.Dispose();
        });
        for (var i = 0; i < 20; i++)
            CompletesHandshake(listener).ShouldBeTrue();
        await end.CancelAsync();
        await flood;
    }

    [Fact]
    public void A_connection_with_another_protocol_is_closed_at_once()
    {
        var socket = Connect(Listen(Never, atOnce: 10));
        socket.Send(new byte[Handshake.Size]);
        IsClosed(socket).ShouldBeTrue();
    }

    [Fact]
    public void Silent_connections_have_no_threads()
    {
        const int silent = 400;
        var listener = Listen(Never, atOnce: silent + 1);
        var before = Process.GetCurrentProcess().Threads.Count;
        for (var i = 0; i < silent; i++)
            Connect(listener);
        // It is accepted after the others.
        IsWelcome(Connect(listener)).ShouldBeTrue();
        // Other tests of this process have threads, too, but not so many.
        Process.GetCurrentProcess().Threads.Count.ShouldBeLessThan(before + silent / 2);
    }

    [Theory]
    [InlineData(SocketError.TooManyOpenSockets)]
    [InlineData(SocketError.ConnectionAborted)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    public void The_listener_goes_on_after_an_error(SocketError error)
    {
        var failures = 2;
        var listener = Listen(
            Never,
            atOnce: 10,
            socket => failures-- > 0 ? throw new SocketException((int)error) : socket.Accept()
        );
        IsWelcome(Connect(listener)).ShouldBeTrue();
        failures.ShouldBe(-1);
    }

    [Fact]
    public void Without_free_descriptors_a_silent_connection_is_closed()
    {
        var lacks = false;
        var listener = Listen(
            Never,
            atOnce: 10,
            socket =>
            {
                if (!lacks)
                    return socket.Accept();
                lacks = false;
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            }
        );
        var silent = Connect(listener);
        IsWelcome(Connect(listener)).ShouldBeTrue();
        lacks = true;
        IsWelcome(Connect(listener)).ShouldBeTrue();
        IsClosed(silent).ShouldBeTrue();
    }

    [Fact]
    public void The_end_of_the_listener_closes_waiting_connections()
    {
        var listener = Listen(Never, atOnce: 10);
        var silent = Connect(listener);
        IsWelcome(Connect(listener)).ShouldBeTrue();
        listener.Dispose();
        IsClosed(silent).ShouldBeTrue();
    }

    private LaneListener Listen(TimeSpan timeout, int atOnce, Func<Socket, Socket>? accept = null)
    {
        var lane = TensorLane.Get(Sys, TensorMessages.Table);
        var options = lane.Options with { Handshake = new HandshakeOptions(timeout, atOnce, Bytes: 65_536) };
        var listener = new LaneListener(
            "127.0.0.1",
            options,
            _token,
            (socket, hello) => new ReceivingConnection(socket, hello, lane),
            (_, _) => { },
            () => Sys.Scheduler.MonotonicClock,
            Sys.Log,
            accept
        );
        _mine.Add(listener);
        return listener;
    }

    private byte[] Hello() =>
        new Handshake(new Address("akka.tcp", "other", "127.0.0.1", 4053), 4711, null).ToBytes(_token);

    private Socket Connect(LaneListener listener)
    {
        var socket = Open(listener);
        _mine.Add(socket);
        return socket;
    }

    private Socket Open(LaneListener listener)
    {
        var socket = unix
            ? LocalSocket.TryConnect(listener.LocalName!, 4096)!
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (!unix)
            socket.Connect(new IPEndPoint(IPAddress.Loopback, listener.Port));
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        return socket;
    }

    // A connection that is preempted between connecting and its handshake can be displaced, and is tried again.
    private bool CompletesHandshake(LaneListener listener)
    {
        for (var attempt = 0; attempt < 12; attempt++)
        {
            try
            {
                if (IsWelcome(Connect(listener)))
                    return true;
            }
            catch (Exception displaced) when (displaced is SocketException or IOException)
            {
                // Try again.
            }
        }
        return false;
    }

    private bool IsWelcome(Socket socket)
    {
        socket.Send(Hello());
        return Welcome.Receive(socket).Credit > 0;
    }

    private static bool IsClosed(Socket socket)
    {
        try
        {
            return socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException broken) when (broken.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }
}

public sealed class TcpListenerTests() : ListenerTests(unix: false);

public sealed class UnixListenerTests() : ListenerTests(unix: true);
