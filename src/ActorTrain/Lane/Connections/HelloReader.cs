using System.Net.Sockets;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// Reads a <see cref="Handshake"/> as its bytes come, so that nobody waits for a connection that says nothing. It
/// takes no memory for more than the peer may send: the length of its address is checked before there is room for it.
/// </summary>
/// <param name="token">What the connection must say.</param>
internal sealed class HelloReader(byte[] token)
{
    private byte[] _bytes = new byte[Handshake.Size];
    private int _received;

    /// <summary>Bytes that it holds for what it expects.</summary>
    public int Room => _bytes.Length;

    /// <summary>Takes what has come on a connection that can be read.</summary>
    /// <returns>The handshake, when it is whole.</returns>
    /// <exception cref="LaneViolationException">The words are wrong.</exception>
    /// <exception cref="EndOfStreamException">The other side has closed the connection.</exception>
    public Handshake? Receive(Socket socket)
    {
        var received = socket.Receive(_bytes.AsSpan(_received));
        if (received == 0)
            throw new EndOfStreamException("the other side closed the connection");
        _received += received;
        if (_received < _bytes.Length)
            return null;
        if (_bytes.Length > Handshake.Size)
            return Handshake.Read(_bytes);
        Array.Resize(ref _bytes, Handshake.Size + Handshake.LengthOfAddress(_bytes, token));
        return null;
    }
}
