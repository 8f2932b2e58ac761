using System.Net.Sockets;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// Reads a <see cref="Handshake"/> as its bytes arrive, so that no thread waits for a silent connection. The length of
/// the peer's address is checked before memory is allocated for it.
/// </summary>
/// <param name="token">The secret that the connection must send.</param>
internal sealed class HandshakeReader(byte[] token)
{
    private byte[] _bytes = new byte[Handshake.Size];
    private int _received;

    /// <summary>Bytes allocated for what it expects.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>Reads the bytes that have arrived on a readable connection.</summary>
    /// <returns>The handshake, when it is complete.</returns>
    /// <exception cref="LaneViolationException">The handshake is wrong.</exception>
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
