using System.Text;
using Akka.Actor;

namespace ActorTrain.Lane.Connections;

/// <summary>Puts together all that stands before a payload, in one stretch of bytes that is used again.</summary>
internal sealed class HeaderWriter
{
    private readonly MemoryStream _stream = new(1024);
    private readonly BinaryWriter _writer;
    private readonly Dictionary<(IActorRef Target, IActorRef Sender), ushort> _routes = [];
    private readonly Address _here;

    public HeaderWriter(Address here) => (_here, _writer) = (here, new BinaryWriter(_stream, Encoding.UTF8));

    /// <summary>What is to be sent before the payload: the route's name where it is new, the frame, the message's header, the reference.</summary>
    /// <exception cref="IOException">The connection has named as many routes as it can.</exception>
    public ReadOnlySpan<byte> Write(in Outgoing outgoing, PayloadForm form, uint sequence, MemoryReference? reference)
    {
        _stream.SetLength(0);
        var route = RouteOf(outgoing.Target, outgoing.Sender);
        var start = (int)_stream.Position;
        Reserve(FrameHeader.Size);
        outgoing.Message.WriteHeader(_writer);
        var length = (ushort)(_stream.Position - start - FrameHeader.Size);
        new FrameHeader(TensorMessageTable.KindOf(outgoing.Message), form, route, length, outgoing.Message.Payload.Length, sequence).Write(Bytes(start));
        if (reference is { } where)
        {
            start = (int)_stream.Position;
            Reserve(MemoryReference.Size);
            where.Write(Bytes(start));
        }
        return _stream.GetBuffer().AsSpan(0, (int)_stream.Position);
    }

    private ushort RouteOf(IActorRef target, IActorRef sender)
    {
        if (_routes.TryGetValue((target, sender), out var route)) return route;
        if (_routes.Count > ushort.MaxValue) throw new IOException("the connection has named all the routes that it can");
        route = (ushort)_routes.Count;
        _routes.Add((target, sender), route);
        var start = (int)_stream.Position;
        Reserve(FrameHeader.Size);
        _writer.Write(Encoding.UTF8.GetBytes(target.Path.ToSerializationFormat()));
        _writer.Write((byte)'\n');
        if (!sender.IsNobody()) _writer.Write(Encoding.UTF8.GetBytes(sender.Path.ToSerializationFormatWithAddress(_here)));
        new FrameHeader(FrameHeader.RouteKind, PayloadForm.F32, route, (ushort)(_stream.Position - start - FrameHeader.Size), 0, 0).Write(Bytes(start));
        return route;
    }

    private void Reserve(int bytes)
    {
        _stream.SetLength(_stream.Position + bytes);
        _stream.Position += bytes;
    }

    private Span<byte> Bytes(int start) => _stream.GetBuffer().AsSpan(start);
}
