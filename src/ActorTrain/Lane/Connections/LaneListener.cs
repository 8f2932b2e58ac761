using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Lane.Connections;

/// <summary>Accepts the connections of other nodes' lanes, by TCP and by a Unix domain socket, each on a thread of its own.</summary>
internal sealed class LaneListener : IDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);
    private readonly LaneOptions _options;
    private readonly Func<Socket, ReceivingConnection> _receive;
    private readonly Action<Address, string> _ended;
    private readonly ILoggingAdapter _log;
    private readonly Socket _tcp;
    private readonly Socket? _local;
    private readonly ConcurrentDictionary<Socket, string> _open = [];
    private readonly ManualResetEventSlim _end = new();
    private volatile bool _disposed;

    /// <summary>Listens.</summary>
    /// <param name="host">Where, by TCP.</param>
    /// <param name="options">The lane's settings.</param>
    /// <param name="receive">Makes the connection of a socket.</param>
    /// <param name="ended">Told which node's connection has ended, and why.</param>
    /// <param name="log">Told what is wrong.</param>
    public LaneListener(string host, LaneOptions options, Func<Socket, ReceivingConnection> receive, Action<Address, string> ended, ILoggingAdapter log)
    {
        (_options, _receive, _ended, _log) = (options, receive, ended, log);
        var address = IPAddress.TryParse(host, out var ip) ? ip : Dns.GetHostAddresses(host)[0];
        // The buffer's size is set before listening, so that accepted connections have it from their first packet on.
        _tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = options.SocketBuffer };
        _tcp.Bind(new IPEndPoint(address, options.Port));
        _tcp.Listen();
        Port = ((IPEndPoint)_tcp.LocalEndPoint!).Port;
        StartAccepting(_tcp);
        if (options.SameMachine == SameMachineRoad.Tcp || LocalSocket.TryListen(options.SocketBuffer) is not { } local) return;
        (_local, LocalName) = local;
        StartAccepting(_local);
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
        if (LocalName is not null) LocalSocket.Remove(LocalName);
        foreach (var socket in _open.Keys) socket.Dispose();
    }

    private void StartAccepting(Socket listener) => new Thread(() => Accept(listener)) { IsBackground = true, Name = "lane listener" }.Start();

    private void Accept(Socket listener)
    {
        while (!_disposed)
        {
            try
            {
                var socket = listener.Accept();
                socket.ReceiveBufferSize = _options.SocketBuffer;
                if (socket.AddressFamily != AddressFamily.Unix) socket.NoDelay = true;
                var name = socket.AddressFamily == AddressFamily.Unix ? "this machine" : $"{socket.RemoteEndPoint}";
                _open[socket] = name;
                new Thread(() => Receive(socket, name)) { IsBackground = true, Name = $"lane from {name}" }.Start();
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                if (_disposed) return;
                _log.Warning("The lane could not accept a connection: {0}", failure.Message);
                // What hinders it, too many open files for one, may last: without a pause the log would be all that there is.
                _end.Wait(PauseAfterFailure);
            }
        }
    }

    private void Receive(Socket socket, string name)
    {
        var reason = "";
        using var connection = _receive(socket);
        try
        {
            connection.Run();
        }
        catch (LaneViolationException violation)
        {
            reason = violation.Message;
            _log.Warning("The lane closed the connection from {0}: {1}", connection.Node?.ToString() ?? name, reason);
        }
        catch (Exception failure) when (failure is SocketException or IOException or ObjectDisposedException)
        {
            reason = failure.Message;
            _log.Debug("The connection from {0} has ended: {1}", connection.Node?.ToString() ?? name, reason);
        }
#pragma warning disable CA1031 // The last frame of a thread: what is not caught here ends the process, and every job on it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            reason = failure.Message;
            _log.Error(failure, "The connection from {0} has failed", connection.Node?.ToString() ?? name);
        }
        finally
        {
            _open.TryRemove(socket, out _);
            socket.Dispose();
            if (!_disposed && connection.Node is { } node) _ended(node, reason);
        }
    }
}
