using System.Net;
using System.Net.Sockets;
using ActorTrain.Handshakes;
using ActorTrain.Sentences;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// One listening socket, and its connections whose handshakes are not complete. It never blocks: its user calls it for
/// sockets that can be read.
/// </summary>
/// <param name="listener">The socket; closed by its owner.</param>
/// <param name="gate">Limits the connections.</param>
/// <param name="token">The secret that a connection must send.</param>
/// <param name="accept">Accepts a connection.</param>
/// <param name="open">Takes over a connection after its handshake. May fail if the system cannot start a
/// thread.</param>
internal sealed class ListeningSocket(
    Socket listener,
    HandshakeGate<Socket> gate,
    byte[] token,
    Func<Socket, Socket> accept,
    Action<Socket, string, Handshake> open
)
{
    // After this many new connections, the waiting ones are read.
    private const int Batch = 32;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<Socket, (string Name, HandshakeReader Reader)> _pending = [];
    private TimeSpan _acceptFrom = TimeSpan.MinValue;

    /// <summary>When it next has something to do without a readable socket; null for never.</summary>
    public TimeSpan? NextTime(TimeSpan now) =>
        _acceptFrom > now && !(gate.NextSweep < _acceptFrom) ? _acceptFrom : gate.NextSweep;

    /// <summary>The sockets to wait for.</summary>
    public IEnumerable<Socket> Waiting(TimeSpan now) =>
        _acceptFrom > now ? _pending.Keys : _pending.Keys.Append(listener);

    /// <summary>Reads from a socket that is readable. Ignores sockets of others and closed ones.</summary>
    public void Read(Socket socket, TimeSpan now)
    {
        if (ReferenceEquals(socket, listener))
            Accept(now);
        else if (_pending.ContainsKey(socket))
            ReadHandshake(socket);
    }

    public void Sweep() => gate.Sweep();

    /// <summary>Closes a connection without a complete handshake, which the gate has removed.</summary>
    public void Close(Socket socket)
    {
        _pending.Remove(socket);
        socket.Dispose();
    }

    public void CloseAll()
    {
        foreach (var socket in _pending.Keys.ToList())
            Close(socket);
    }

    private void Accept(TimeSpan now)
    {
        try
        {
            for (var i = 0; i < Batch && listener.Poll(TimeSpan.Zero, SelectMode.SelectRead); i++)
                Receive(accept(listener));
        }
        catch (SocketException gone)
            when (gone.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
        {
            // The connection ended before it was accepted; the next may succeed.
        }
        catch (SocketException failure)
        {
            // The cause, such as too many open files, may last: without a pause this would be a busy loop.
            _acceptFrom = now + PauseAfterFailure;
            gate.ReportNoResources(failure.AsClause());
        }
    }

    private void Receive(Socket socket)
    {
        if (!TryGetRemote(socket, out var remote))
        {
            socket.Dispose();
            return;
        }
        _pending[socket] = (Origin.NameOf(remote), new HandshakeReader(token));
        gate.Begin(socket, Origin.From(remote), Origin.NameOf(remote));
        // A node sends its handshake as soon as it is connected: it may be readable already.
        if (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            ReadHandshake(socket);
    }

    // A connection that was reset since it arrived has no remote address.
    private static bool TryGetRemote(Socket socket, out EndPoint? remote)
    {
        remote = null;
        if (socket.AddressFamily == AddressFamily.Unix)
            return true;
        try
        {
            return (remote = socket.RemoteEndPoint) is not null;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void ReadHandshake(Socket socket)
    {
        var (name, reader) = _pending[socket];
        try
        {
            if (reader.Receive(socket) is not { } handshake)
                return;
            gate.End(socket);
            _pending.Remove(socket);
            Open(socket, name, handshake);
        }
        catch (LaneViolationException violation)
        {
            gate.Refuse(socket, violation.Message);
        }
        catch (Exception ended) when (ended is SocketException or IOException)
        {
            gate.End(socket);
            Close(socket);
        }
    }

    private void Open(Socket socket, string name, Handshake handshake)
    {
        try
        {
            open(socket, name, handshake);
        }
        catch (Exception failure) when (failure is OutOfMemoryException or ThreadStartException or SocketException)
        {
            // The connection is lost, and its node opens another; other connections go on.
            socket.Dispose();
            gate.ReportNoResources(failure.AsClause());
        }
    }
}
