using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorTrain.Hosting;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Akka.Remote.Transport.DotNetty;

namespace ActorTrain.Tests.Handshakes;

/// <summary>Limits for connections to a node's control port that do not begin an association.</summary>
public sealed class ControlPortTests : IDisposable
{
    // Late enough for a busy machine to complete a handshake.
    private const string Never = "1h",
        Soon = "50ms",
        Later = "5s";
    private readonly List<IDisposable> _mine = [];

    public void Dispose()
    {
        foreach (var one in _mine)
            one.Dispose();
    }

    [Fact]
    public async Task A_silent_connection_is_closed_at_its_deadline()
    {
        await using var node = new Node(Soon, atOnce: 10);
        (await IsClosed(Connect(node))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_beyond_the_limit_displaces_the_oldest()
    {
        await using var node = new Node(Never, atOnce: 3);
        var silent = Enumerable.Range(0, 4).Select(_ => Connect(node)).ToList();
        (await IsClosed(silent[0])).ShouldBeTrue();
        silent[1..].ShouldAllBe(socket => !socket.Poll(TimeSpan.Zero, SelectMode.SelectRead));
    }

    [Fact]
    public async Task A_node_connects_while_silent_connections_hold_every_place_and_stays_connected()
    {
        await using var node = new Node(Later, atOnce: 3);
        await using var other = new Node(Never, atOnce: 10);
        for (var i = 0; i < 6; i++)
            Connect(node);
        await StaysConnected(other, node);
    }

    [Fact]
    public async Task A_connection_with_another_protocol_is_closed_at_once()
    {
        await using var node = new Node(Never, atOnce: 10);
        var socket = Connect(node);
        socket.Send(Frame(length: 6, "GET / "u8));
        (await IsClosed(socket)).ShouldBeTrue();
        // Akka saw nothing of it, and logged no error.
        node.Errors.ShouldBe(0);
    }

    [Fact]
    public async Task Too_large_a_first_message_is_refused_by_its_announced_length()
    {
        await using var node = new Node(Never, atOnce: 10);
        var socket = Connect(node);
        socket.Send(Frame(length: 65_537, []));
        (await IsClosed(socket)).ShouldBeTrue();
        node.Errors.ShouldBe(0);
    }

    [Fact]
    public async Task A_connection_with_an_incomplete_first_message_is_closed_at_its_deadline()
    {
        await using var node = new Node(Soon, atOnce: 10);
        var socket = Connect(node);
        socket.Send(Frame(length: 65_536, new byte[1000]));
        (await IsClosed(socket)).ShouldBeTrue();
    }

    [Fact]
    public async Task Nodes_with_TLS_connect_and_silent_connections_are_closed()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        await using var node = new Node(Later, atOnce: 10, certificate);
        await using var other = new Node(Never, atOnce: 10, certificate);
        await StaysConnected(other, node);
    }

    // Also after its own deadline would have passed, as a later silent connection shows.
    private async Task StaysConnected(Node other, Node node)
    {
        await other.Reaches(node);
        // On a busy machine an attempt to connect may have reached its deadline.
        var before = node.Disassociations;
        (await IsClosed(Connect(node))).ShouldBeTrue();
        await other.Reaches(node);
        node.Disassociations.ShouldBe(before);
    }

    private static byte[] Frame(int length, ReadOnlySpan<byte> content)
    {
        var bytes = new byte[4 + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        content.CopyTo(bytes.AsSpan(4));
        return bytes;
    }

    private Socket Connect(Node node)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _mine.Add(socket);
        socket.Connect(new IPEndPoint(IPAddress.Loopback, node.Address.Port!.Value));
        return socket;
    }

    private static async Task<bool> IsClosed(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(Patience) == 0;
        }
        catch (SocketException broken) when (broken.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    /// <summary>An actor system with a control port, and an actor that answers.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly ActorSystem _system;
        private int _disassociations;
        private int _errors;

        public Node(string timeout, int atOnce, X509Certificate2? certificate = null)
        {
            var config = ConfigurationFactory.ParseString(
                $$"""
                akka.remote.trusted-selection-paths = [ "/user/{{Listener.Name}}" ]
                actortrain.handshake { timeout = {{timeout}}, at-once = {{atOnce}} }
                akka.remote.dot-netty.tcp {
                  enable-ssl = {{(certificate is null ? "off" : "on")}}
                  # Akka's own deadline, which these tests must not reach.
                  connection-timeout = 10m
                }
                """
            );
            var setup = ActorSystemSetup.Create(
                BootstrapSetup.Create().WithConfig(NodeConfiguration.Client("127.0.0.1", config))
            );
            if (certificate is not null)
                setup = setup.And(new DotNettySslSetup(certificate, suppressValidation: true));
            _system = ActorSystem.Create("node", setup);
            _system.ActorOf(Props.Create(() => new Listener(Count)), Listener.Name);
        }

        public Address Address => ((ExtendedActorSystem)_system).Provider.DefaultAddress;

        /// <summary>Connections to other nodes that have ended.</summary>
        public int Disassociations => Volatile.Read(ref _disassociations);

        /// <summary>Errors that were logged.</summary>
        public int Errors => Volatile.Read(ref _errors);

        /// <summary>Asks the other node; repeats the question if the connection breaks.</summary>
        public async Task Reaches(Node other)
        {
            var listener = _system.ActorSelection(new RootActorPath(other.Address) / "user" / Listener.Name);
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < Patience; )
            {
                try
                {
                    await listener.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(5));
                    return;
                }
                catch (AskTimeoutException)
                {
                    // Try again.
                }
            }
            throw new InvalidOperationException($"{other.Address} does not answer");
        }

        public async ValueTask DisposeAsync() => await _system.Terminate();

        private void Count(object seen)
        {
            if (seen is Error)
                Interlocked.Increment(ref _errors);
            else
                Interlocked.Increment(ref _disassociations);
        }
    }

    private sealed class Listener : ReceiveActor
    {
        public const string Name = "listener";

        public Listener(Action<object> seen)
        {
            Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
            Context.System.EventStream.Subscribe(Self, typeof(Error));
            ReceiveAny(seen);
        }
    }
}
