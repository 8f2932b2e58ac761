using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorTrain.Lane.Connections;

/// <summary>Sends and receives a whole span over a blocking socket.</summary>
internal static class SocketBytes
{
    // One call can move at most 2³¹−1 bytes; a payload of 2²⁹ floats has more.
    private const int MaxBytesPerCall = 1 << 30;

    public static void SendAll(this Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[socket.Send(bytes)..];
    }

    public static void SendAll(this Socket socket, ReadOnlySpan<float> values)
    {
        for (var start = 0; start < values.Length; start += MaxBytesPerCall / sizeof(float))
            socket.SendAll(
                MemoryMarshal.AsBytes(
                    values.Slice(start, Math.Min(MaxBytesPerCall / sizeof(float), values.Length - start))
                )
            );
    }

    /// <exception cref="EndOfStreamException">The other side has closed the connection.</exception>
    public static void ReceiveAll(this Socket socket, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var received = socket.Receive(bytes);
            if (received == 0)
                throw new EndOfStreamException("the other side closed the connection");
            bytes = bytes[received..];
        }
    }

    /// <exception cref="EndOfStreamException">The other side has closed the connection.</exception>
    public static void ReceiveAll(this Socket socket, Span<float> values)
    {
        for (var start = 0; start < values.Length; start += MaxBytesPerCall / sizeof(float))
            socket.ReceiveAll(
                MemoryMarshal.AsBytes(
                    values.Slice(start, Math.Min(MaxBytesPerCall / sizeof(float), values.Length - start))
                )
            );
    }
}
