using System.Text;
using Akka.Actor;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// Puts together all that stands before a payload, in one stretch of bytes that is used again. Pads it, so that each
/// payload begins on a cache-line boundary of the stream: the system's buffers keep it, and copies between aligned
/// places are up to three times as fast.
/// </summary>
internal sealed class HeaderWriter
{
    private const int CacheLine = 64;

    private readonly MemoryStream _stream = new(1024);
    private readonly BinaryWriter _writer;
    private readonly Dictionary<(IActorRef Target, IActorRef Sender), ushort> _routes = [];
    private readonly Address _here;

    private long _sent;

    /// <param name="here">This node.</param>
    /// <param name="sent">Bytes that were sent by the connection before its first message.</param>
    public HeaderWriter(Address here, int sent) =>
        (_here, _sent, _writer) = (here, sent, new BinaryWriter(_stream, Encoding.UTF8));

    /// <summary>
    /// What is to be sent before the payload: the route's name where it is new, the frame, the message's header, the
    /// reference; and as much of the payload as is given.
    /// </summary>
    /// <exception cref="IOException">The connection has named as many routes as it can.</exception>
    public ReadOnlySpan<byte> Write(
        in Outgoing outgoing,
        PayloadForm form,
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
            TensorMessageTable.KindOf(outgoing.Message),
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
                form == PayloadForm.Reference
                    ? 0
                    : Narrowing.SizeOf((PayloadType)form) * (long)outgoing.Message.Payload.Length
            );
        _stream.Write(beginning);
        return _stream.GetBuffer().AsSpan(0, (int)_stream.Position);
    }

    private ushort RouteOf(IActorRef target, IActorRef sender)
    {
        if (_routes.TryGetValue((target, sender), out var route))
            return route;
        if (_routes.Count > ushort.MaxValue)
            throw new IOException("the connection has named all the routes that it can");
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
            PayloadForm.F32,
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
