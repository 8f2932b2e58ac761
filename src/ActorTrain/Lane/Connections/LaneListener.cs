using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorTrain.Handshakes;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// Accepts the connections of other nodes' lanes, by TCP and by a Unix domain socket. One thread reads all handshakes;
/// a connection gets its own thread only after its handshake. (With select: a socket that was used asynchronously once
/// needs a second thread for each blocking call from then on.)
/// </summary>
internal sealed class LaneListener : IDisposable
{
    // Some systems do not wake a thread that waits for a socket when the socket is closed.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private readonly LaneOptions _options;
    private readonly Func<Socket, Handshake, ReceivingConnection> _receive;
    private readonly Action<Address, string> _ended;
    private readonly Func<TimeSpan> _clock;
    private readonly ILoggingAdapter _log;
    private readonly Socket _tcp;
    private readonly Socket? _local;
    private readonly List<ListeningSocket> _listening = [];
    private readonly ConcurrentDictionary<Socket, string> _open = [];
    private readonly ManualResetEventSlim _end = new();
    private volatile bool _disposed;

    /// <summary>Listens.</summary>
    /// <param name="host">The TCP address.</param>
    /// <param name="options">The lane's settings.</param>
    /// <param name="token">The secret that a connection must send first.</param>
    /// <param name="receive">Creates the connection from its socket and handshake.</param>
    /// <param name="ended">Called when a node's connection has ended, with the reason.</param>
    /// <param name="clock">A monotonic clock.</param>
    /// <param name="log">Gets warnings and errors.</param>
    /// <param name="accept">Accepts a connection; null: <see cref="Socket.Accept"/>.</param>
    public LaneListener(
        string host,
        LaneOptions options,
        byte[] token,
        Func<Socket, Handshake, ReceivingConnection> receive,
        Action<Address, string> ended,
        Func<TimeSpan> clock,
        ILoggingAdapter log,
        Func<Socket, Socket>? accept = null
    )
    {
        (_options, _receive, _ended, _clock, _log) = (options, receive, ended, clock, log);
        accept ??= socket => socket.Accept();
        var address = IPAddress.TryParse(host, out var ip) ? ip : Dns.GetHostAddresses(host)[0];
        // The buffer's size is set before listening, so that accepted connections have it from their first packet on.
        _tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveBufferSize = options.SocketBuffer,
        };
        _tcp.Bind(new IPEndPoint(address, options.Port));
        _tcp.Listen();
        Port = ((IPEndPoint)_tcp.LocalEndPoint!).Port;
        Listen(_tcp, token, accept);
        if (options.SameMachine != SameMachineTransport.Tcp && LocalSocket.TryListen(options.SocketBuffer) is { } local)
        {
            (_local, LocalName) = local;
            Listen(_local, token, accept);
        }
        new Thread(Serve) { IsBackground = true, Name = "lane listener" }.Start();
    }

    public int Port { get; }

    /// <summary>Name of the Unix domain socket; null where there is none.</summary>
    public string? LocalName { get; }

    public void Dispose()
    {
        _disposed = true;
        _end.Set();
        _tcp.Dispose();
        _local?.Dispose();
        if (LocalName is not null)
            LocalSocket.Remove(LocalName);
        foreach (var socket in _open.Keys)
            socket.Dispose();
    }

    private void Listen(Socket listener, byte[] token, Func<Socket, Socket> accept)
    {
        ListeningSocket? listening = null;
        var gate = new HandshakeGate<Socket>(
            "The lane",
            _options.Handshake,
            socket => listening!.Close(socket),
            _clock,
            _log
        );
        _listening.Add(listening = new ListeningSocket(listener, gate, token, accept, Open));
    }

    private void Serve()
    {
        while (!_disposed)
        {
            try
            {
                ServeOnce();
            }
#pragma warning disable CA1031 // The last frame of a thread: an exception that is not caught here ends the process.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                if (_disposed)
                    break;
                _log.LaneListenerFailed(failure);
                _end.Wait(LongestWait);
            }
        }
        foreach (var listening in _listening)
            listening.CloseAll();
    }

    private void ServeOnce()
    {
        var now = _clock();
        var waiting = _listening.SelectMany(listening => listening.Waiting(now)).ToList();
        Wait(waiting, now);
        now = _clock();
        foreach (var socket in waiting)
        foreach (var listening in _listening)
            listening.Read(socket, now);
        foreach (var listening in _listening)
            listening.Sweep();
    }

    // Leaves only the readable sockets in the list.
    private void Wait(List<Socket> sockets, TimeSpan now)
    {
        var next = _listening.Min(listening => listening.NextTime(now)) - now ?? LongestWait;
        var wait =
            next < TimeSpan.Zero ? TimeSpan.Zero
            : next > LongestWait ? LongestWait
            : next;
        // Select would round a fraction of a millisecond down to no wait at all.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        if (sockets.Count > 0)
            Socket.Select(sockets, null, null, wait);
        else
            _end.Wait(wait);
    }

    private void Open(Socket socket, string name, Handshake handshake)
    {
        socket.ReceiveBufferSize = _options.SocketBuffer;
        if (socket.AddressFamily != AddressFamily.Unix)
            socket.NoDelay = true;
        _open[socket] = name;
        try
        {
            new Thread(() => Receive(socket, handshake)) { IsBackground = true, Name = $"lane from {name}" }.Start();
        }
        catch
        {
            _open.TryRemove(socket, out _);
            throw;
        }
        // The listener may have been disposed meanwhile.
        if (_disposed)
            socket.Dispose();
    }

    private void Receive(Socket socket, Handshake handshake)
    {
        var reason = "";
        using var connection = _receive(socket, handshake);
        try
        {
            connection.Run();
        }
        catch (LaneViolationException violation)
        {
            reason = violation.Message;
            _log.LaneViolated(connection.Node, reason);
        }
        catch (Exception failure) when (failure is SocketException or IOException or ObjectDisposedException)
        {
            reason = failure.Message;
            _log.LaneConnectionEnded(connection.Node, reason);
        }
#pragma warning disable CA1031 // The last frame of a thread: an exception that is not caught here ends the process.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            reason = failure.Message;
            _log.LaneConnectionFailed(connection.Node, failure);
        }
        finally
        {
            _open.TryRemove(socket, out _);
            socket.Dispose();
            if (!_disposed)
                _ended(connection.Node, reason);
        }
    }
}
