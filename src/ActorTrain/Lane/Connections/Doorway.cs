using System.Net;
using System.Net.Sockets;
using ActorTrain.Handshakes;
using ActorTrain.Sentences;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// One listening socket, and the connections that came by it and have not said yet who they are. It never waits:
/// whoever uses it asks the system which of its sockets can be read.
/// </summary>
/// <param name="listener">Listens; closed by its owner.</param>
/// <param name="gate">Bounds the connections.</param>
/// <param name="token">What a connection must say.</param>
/// <param name="accept">Accepts a connection.</param>
/// <param name="open">Takes over a connection that is known. May fail, where the system has no thread for it.</param>
internal sealed class Doorway(
    Socket listener,
    HandshakeGate<Socket> gate,
    byte[] token,
    Func<Socket, Socket> accept,
    Action<Socket, string, Handshake> open
)
{
    // So many in a row, then those that wait have their turn.
    private const int Batch = 32;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<Socket, (string Name, HelloReader Hello)> _unknown = [];
    private TimeSpan _acceptFrom = TimeSpan.MinValue;

    /// <summary>When it has something to do without anything to be read; null while it has nothing.</summary>
    public TimeSpan? NextTime(TimeSpan now) =>
        _acceptFrom > now && !(gate.NextSweep < _acceptFrom) ? _acceptFrom : gate.NextSweep;

    /// <summary>The sockets that it waits for.</summary>
    public IEnumerable<Socket> Waiting(TimeSpan now) =>
        _acceptFrom > now ? _unknown.Keys : _unknown.Keys.Append(listener);

    /// <summary>
    /// Goes on with a socket that can be read; one of another doorway, or one that was closed meanwhile, is left
    /// alone.
    /// </summary>
    public void Read(Socket socket, TimeSpan now)
    {
        if (ReferenceEquals(socket, listener))
            Accept(now);
        else if (_unknown.ContainsKey(socket))
            Hear(socket);
    }

    public void Sweep() => gate.Sweep();

    /// <summary>Closes a connection that has not said who it is. The gate has taken it out.</summary>
    public void Close(Socket socket)
    {
        _unknown.Remove(socket);
        socket.Dispose();
    }

    public void CloseAll()
    {
        foreach (var socket in _unknown.Keys.ToList())
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
            // It has ended before it was accepted: nothing hinders the next.
        }
        catch (SocketException failure)
        {
            // What hinders it, too many open files for one, may last: without a pause there would be nothing but
            // trying.
            _acceptFrom = now + PauseAfterFailure;
            gate.Lack(failure.AsClause());
        }
    }

    private void Receive(Socket socket)
    {
        if (!TryGetRemote(socket, out var remote))
        {
            socket.Dispose();
            return;
        }
        _unknown[socket] = (Origin.NameOf(remote), new HelloReader(token));
        gate.Begin(socket, Origin.Of(remote), Origin.NameOf(remote));
        // A node says who it is as soon as it is connected: what is here already needs no place among those that wait.
        if (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            Hear(socket);
    }

    // One that was broken off between its arrival and now has none.
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

    private void Hear(Socket socket)
    {
        var (name, reader) = _unknown[socket];
        try
        {
            if (reader.Receive(socket) is not { } hello)
                return;
            gate.End(socket);
            _unknown.Remove(socket);
            Open(socket, name, hello);
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

    private void Open(Socket socket, string name, Handshake hello)
    {
        try
        {
            open(socket, name, hello);
        }
        catch (Exception failure) when (failure is OutOfMemoryException or ThreadStartException or SocketException)
        {
            // The connection is lost, and its node opens another; the others go on.
            socket.Dispose();
            gate.Lack(failure.AsClause());
        }
    }
}
