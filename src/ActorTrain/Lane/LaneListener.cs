using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Event;

namespace ActorTrain.Lane;

/// <summary>Accepts the connections of other nodes' lanes, each on a thread of its own.</summary>
internal sealed class LaneListener : IDisposable
{
    private readonly Socket _listener;
    private readonly LaneOptions _options;
    private readonly Func<Socket, ReceivingConnection> _receive;
    private readonly ILoggingAdapter _log;
    private readonly ConcurrentDictionary<Socket, EndPoint?> _open = [];
    private volatile bool _disposed;

    public LaneListener(string host, LaneOptions options, Func<Socket, ReceivingConnection> receive, ILoggingAdapter log)
    {
        (_options, _receive, _log) = (options, receive, log);
        var address = IPAddress.TryParse(host, out var ip) ? ip : Dns.GetHostAddresses(host)[0];
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // Set before listening, so that accepted connections have it from their first packet on.
        _listener.ReceiveBufferSize = options.SocketBuffer;
        _listener.Bind(new IPEndPoint(address, options.Port));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        new Thread(Accept) { IsBackground = true, Name = "lane listener" }.Start();
    }

    public int Port { get; }

    public void Dispose()
    {
        _disposed = true;
        _listener.Dispose();
        foreach (var socket in _open.Keys) socket.Dispose();
    }

    private void Accept()
    {
        while (!_disposed)
        {
            try
            {
                var socket = _listener.Accept();
                socket.ReceiveBufferSize = _options.SocketBuffer;
                _open[socket] = socket.RemoteEndPoint;
                new Thread(() => Receive(socket)) { IsBackground = true, Name = $"lane from {socket.RemoteEndPoint}" }.Start();
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                if (!_disposed) _log.Warning("The lane could not accept a connection: {0}", failure.Message);
            }
        }
    }

    private void Receive(Socket socket)
    {
        try
        {
            _receive(socket).Run();
        }
        catch (LaneViolationException violation)
        {
            _log.Warning("The lane closed the connection from {0}: {1}", _open[socket], violation.Message);
        }
        catch (Exception failure) when (failure is SocketException or IOException or ObjectDisposedException)
        {
            _log.Debug("The connection from {0} has ended: {1}", _open[socket], failure.Message);
        }
#pragma warning disable CA1031 // The last frame of a thread: what is not caught here ends the process, and every job on it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _log.Error(failure, "The connection from {0} has failed", _open[socket]);
        }
        finally
        {
            _open.TryRemove(socket, out _);
            socket.Dispose();
        }
    }
}
