using System.Text;
using ActorTrain.Parameters;
using Akka.Actor;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// Writes everything before a payload into one reused buffer. Pads it, so that each payload begins on a cache-line
/// boundary of the stream: socket buffers keep the alignment, and aligned copies are up to three times as fast.
/// </summary>
internal sealed class HeaderWriter
{
    private const int CacheLine = 64;

    private readonly MemoryStream _stream = new(1024);
    private readonly BinaryWriter _writer;
    private readonly Dictionary<(IActorRef Target, IActorRef Sender), ushort> _routes = [];
    private readonly TensorMessageTable _messages;
    private readonly Address _here;

    private long _sent;

    /// <param name="messages">The messages that may be sent.</param>
    /// <param name="here">This node.</param>
    /// <param name="sent">Bytes that the connection sent before its first message.</param>
    public HeaderWriter(TensorMessageTable messages, Address here, int sent) =>
        (_messages, _here, _sent, _writer) = (messages, here, sent, new BinaryWriter(_stream, Encoding.UTF8));

    /// <summary>
    /// The bytes before the payload: the name of a new route, the frame, the message's header, the reference; then the
    /// given beginning of the payload.
    /// </summary>
    /// <exception cref="IOException">The connection has no numbers for further routes.</exception>
    public ReadOnlySpan<byte> Write(
        in Outgoing outgoing,
        TransferForm form,
        uint sequence,
        MemoryReference? reference = null,
        ReadOnlySpan<byte> beginning = default
    )
    {
        _stream.SetLength(0);
        var route = RouteOf(outgoing.Target, outgoing.Sender);
        var start = (int)_stream.Position;
        Reserve(FrameHeader.Size);
        outgoing.Message.WriteHeader(_writer);
        if (reference is null)
            Reserve((int)(-(_sent + _stream.Position) & (CacheLine - 1)));
        var length = checked((ushort)(_stream.Position - start - FrameHeader.Size));
        new FrameHeader(
            _messages.KindOf(outgoing.Message),
            form,
            route,
            length,
            outgoing.Message.Payload.Length,
            sequence
        ).Write(Bytes(start));
        if (reference is { } where)
        {
            start = (int)_stream.Position;
            Reserve(MemoryReference.Size);
            where.Write(Bytes(start));
        }
        _sent +=
            _stream.Position
            + (
                form == TransferForm.Reference
                    ? 0
                    : Narrowing.SizeOf((TransferDType)form) * (long)outgoing.Message.Payload.Length
            );
        _stream.Write(beginning);
        return _stream.GetBuffer().AsSpan(0, (int)_stream.Position);
    }

    private ushort RouteOf(IActorRef target, IActorRef sender)
    {
        if (_routes.TryGetValue((target, sender), out var route))
            return route;
        if (_routes.Count > ushort.MaxValue)
            throw new IOException("the connection has used all its route numbers");
        route = (ushort)_routes.Count;
        _routes.Add((target, sender), route);
        var start = (int)_stream.Position;
        Reserve(FrameHeader.Size);
        _writer.Write(Encoding.UTF8.GetBytes(target.Path.ToSerializationFormat()));
        _writer.Write((byte)'\n');
        if (!sender.IsNobody())
            _writer.Write(Encoding.UTF8.GetBytes(sender.Path.ToSerializationFormatWithAddress(_here)));
        new FrameHeader(
            FrameHeader.RouteKind,
            TransferForm.F32,
            route,
            (ushort)(_stream.Position - start - FrameHeader.Size),
            0,
            0
        ).Write(Bytes(start));
        return route;
    }

    private void Reserve(int bytes)
    {
        var start = (int)_stream.Position;
        _stream.SetLength(start + bytes);
        _stream.Position += bytes;
        Bytes(start)[..bytes].Clear();
    }

    private Span<byte> Bytes(int start) => _stream.GetBuffer().AsSpan(start);
}
