using System.Buffers;
using System.Net.Sockets;
using System.Text;

namespace ActorTrain.Lane;

/// <summary>A connection from another node: reads messages, checks every length before it takes memory, and delivers.</summary>
/// <param name="socket">The connection.</param>
/// <param name="token">What it must say first.</param>
/// <param name="admissions">Who receives what.</param>
/// <param name="budget">Bounds what is received and not yet read.</param>
/// <param name="deliver">Puts a message into the mailbox of the actor with the first path, from the one with the second.</param>
internal sealed class ReceivingConnection(
    Socket socket, byte[] token, Admissions admissions, ByteBudget budget, Action<string, ITensorMessage, string> deliver)
{
    private readonly byte[] _head = new byte[FrameHeader.Size];
    private readonly byte[] _text = new byte[FrameHeader.LongestPath];

    /// <summary>Receives until the connection or the node ends.</summary>
    /// <exception cref="LaneViolationException">Something came that must not come.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    /// <exception cref="SocketException">The connection broke.</exception>
    public void Run()
    {
        Span<byte> hello = stackalloc byte[Handshake.Size];
        socket.ReceiveAll(hello);
        Handshake.Check(hello, token);
        socket.SendAll([Handshake.Welcome]);
        while (ReceiveMessage()) { }
    }

    private bool ReceiveMessage()
    {
        socket.ReceiveAll(_head);
        var frame = FrameHeader.Read(_head);
        var target = ReceiveText(frame.TargetLength);
        switch (admissions.Allows(target, frame.PayloadLength))
        {
            case null:
                Skip(frame.BodyLength - frame.TargetLength);
                return true;
            case false:
                throw new LaneViolationException($"a payload of {frame.PayloadLength} floats came for {target}, which has no tensor of that length");
        }

        var sender = ReceiveText(frame.SenderLength);
        var header = new byte[frame.HeaderLength];
        socket.ReceiveAll(header);
        var bytes = sizeof(float) * (long)frame.PayloadLength;
        if (!budget.Take(bytes)) return false;
        var payload = TensorSlice.Rent(frame.PayloadLength, () => budget.Return(bytes));
        try
        {
            socket.ReceiveAll(payload.Values.Span);
            deliver(target, MessageOf(frame.Kind, header, payload), sender);
            return true;
        }
        catch
        {
            payload.Release();
            throw;
        }
    }

    private static ITensorMessage MessageOf(byte kind, byte[] header, TensorSlice payload)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(header), Encoding.UTF8);
            if (TensorMessageTable.TryRead(kind, reader, payload, out var message)) return message!;
            throw new LaneViolationException($"a message of the unknown kind {kind} came");
        }
        catch (Exception failure) when (failure is IOException or FormatException or ArgumentException)
        {
            throw new LaneViolationException($"a message of kind {kind} has a header that cannot be read: {failure.Message}");
        }
    }

    private string ReceiveText(int length)
    {
        socket.ReceiveAll(_text.AsSpan(0, length));
        return Encoding.UTF8.GetString(_text, 0, length);
    }

    private void Skip(long bytes)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (; bytes > 0; bytes -= Math.Min(bytes, scratch.Length))
                socket.ReceiveAll(scratch.AsSpan(0, (int)Math.Min(bytes, scratch.Length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}
