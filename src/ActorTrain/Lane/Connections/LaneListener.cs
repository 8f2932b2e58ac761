using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorTrain.Handshakes;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// Accepts the connections of other nodes' lanes, by TCP and by a Unix domain socket. One thread hears what they say
/// first, for both and for all of them: only those that have said who they are get a thread of their own. (Select,
/// and not asynchronous sockets: what was asynchronous once blocks by way of another thread from then on.)
/// </summary>
internal sealed class LaneListener : IDisposable
{
    // Where the system does not wake a thread that waits for a socket that is closed, it finds out by this.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private readonly LaneOptions _options;
    private readonly Func<Socket, Handshake, ReceivingConnection> _receive;
    private readonly Action<Address, string> _ended;
    private readonly Func<TimeSpan> _clock;
    private readonly ILoggingAdapter _log;
    private readonly Socket _tcp;
    private readonly Socket? _local;
    private readonly List<Doorway> _doorways = [];
    private readonly ConcurrentDictionary<Socket, string> _open = [];
    private readonly ManualResetEventSlim _end = new();
    private volatile bool _disposed;

    /// <summary>Listens.</summary>
    /// <param name="host">Where, by TCP.</param>
    /// <param name="options">The lane's settings.</param>
    /// <param name="token">What a connection must say first.</param>
    /// <param name="receive">Makes the connection of a socket and of what it said.</param>
    /// <param name="ended">Told which node's connection has ended, and why.</param>
    /// <param name="clock">The time, on a clock that only goes forward.</param>
    /// <param name="log">Told what is wrong.</param>
    /// <param name="accept">Accepts a connection; null: as sockets do.</param>
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
        AddDoorway(_tcp, token, accept);
        if (options.SameMachine != SameMachineRoad.Tcp && LocalSocket.TryListen(options.SocketBuffer) is { } local)
        {
            (_local, LocalName) = local;
            AddDoorway(_local, token, accept);
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

    private void AddDoorway(Socket listener, byte[] token, Func<Socket, Socket> accept)
    {
        Doorway? doorway = null;
        var gate = new HandshakeGate<Socket>(
            "The lane",
            _options.Handshake,
            socket => doorway!.Close(socket),
            _clock,
            _log
        );
        _doorways.Add(doorway = new Doorway(listener, gate, token, accept, Open));
    }

    private void Serve()
    {
        while (!_disposed)
        {
            try
            {
                ServeOnce();
            }
#pragma warning disable CA1031 // The last frame of a thread: what is not caught here ends the process.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                if (_disposed)
                    break;
                _log.Error(failure, "The lane's listener has failed, and goes on");
                _end.Wait(LongestWait);
            }
        }
        foreach (var doorway in _doorways)
            doorway.CloseAll();
    }

    private void ServeOnce()
    {
        var now = _clock();
        var waiting = _doorways.SelectMany(doorway => doorway.Waiting(now)).ToList();
        Wait(waiting, now);
        now = _clock();
        foreach (var socket in waiting)
        foreach (var doorway in _doorways)
            doorway.Read(socket, now);
        foreach (var doorway in _doorways)
            doorway.Sweep();
    }

    // Leaves in the list those that can be read.
    private void Wait(List<Socket> sockets, TimeSpan now)
    {
        var next = _doorways.Min(doorway => doorway.NextTime(now)) - now ?? LongestWait;
        var wait =
            next < TimeSpan.Zero ? TimeSpan.Zero
            : next > LongestWait ? LongestWait
            : next;
        // A part of a millisecond would be none, and so a wait that does not wait.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        if (sockets.Count > 0)
            Socket.Select(sockets, null, null, wait);
        else
            _end.Wait(wait);
    }

    private void Open(Socket socket, string name, Handshake hello)
    {
        socket.ReceiveBufferSize = _options.SocketBuffer;
        if (socket.AddressFamily != AddressFamily.Unix)
            socket.NoDelay = true;
        _open[socket] = name;
        try
        {
            new Thread(() => Receive(socket, hello)) { IsBackground = true, Name = $"lane from {name}" }.Start();
        }
        catch
        {
            _open.TryRemove(socket, out _);
            throw;
        }
        // It may have been opened while all were closed.
        if (_disposed)
            socket.Dispose();
    }

    private void Receive(Socket socket, Handshake hello)
    {
        var reason = "";
        using var connection = _receive(socket, hello);
        try
        {
            connection.Run();
        }
        catch (LaneViolationException violation)
        {
            reason = violation.Message;
            _log.Warning("The lane closed the connection from {0}: {1}", connection.Node, reason);
        }
        catch (Exception failure) when (failure is SocketException or IOException or ObjectDisposedException)
        {
            reason = failure.Message;
            _log.Debug("The connection from {0} has ended: {1}", connection.Node, reason);
        }
#pragma warning disable CA1031 // The last frame of a thread: what is not caught here ends the process.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            reason = failure.Message;
            _log.Error(failure, "The connection from {0} has failed", connection.Node);
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
