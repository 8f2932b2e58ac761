using ActorTrain.Sentences;
using DotNetty.Buffers;
using DotNetty.Common.Utilities;
using DotNetty.Handlers.Tls;
using DotNetty.Transport.Channels;

namespace ActorTrain.Handshakes;

/// <summary>
/// Keeps a connection to the control port from Akka until its first message is whole and begins an association,
/// behind TLS where there is any. Then it hands over what it holds, takes itself away, and the connection is as Akka
/// has made it. So a connection that says nothing, too much, or something else has no actor, and no line of its own
/// in the log.
/// </summary>
/// <param name="gate">Closes the connection, when it is not what it should be.</param>
/// <param name="most">Bytes that the message has at most.</param>
/// <param name="littleEndian">Order of the bytes of a message's length.</param>
internal sealed class FirstMessage(HandshakeGate<IChannel> gate, int most, bool littleEndian) : ChannelHandlerAdapter
{
    private const int LengthField = 4;
    private IByteBuffer? _held;
    private bool _known;

    /// <inheritdoc/>
    public override void ChannelActive(IChannelHandlerContext context)
    {
        // Akka hears of it when it is known. Until then the channel reads by itself.
    }

    /// <inheritdoc/>
    public override void ChannelRead(IChannelHandlerContext context, object message)
    {
        Hold(context, (IByteBuffer)message);
        if (_known)
            return;
        if (_held!.ReadableBytes < LengthField)
            return;
        var length = (uint)(littleEndian ? _held.GetIntLE(0) : _held.GetInt(0));
        if (length > most)
            Refuse(context, $"its first message has {Plural.Of(length, "byte")}, where {Plural.Number(most)} may be");
        else if (_held.ReadableBytes - LengthField >= length)
            Begin(context);
    }

    /// <inheritdoc/>
    public override void Read(IChannelHandlerContext context)
    {
        // Akka asks for the first time when it can receive: before, it would lose what comes.
        if (_known && _held is { } held)
        {
            _held = null;
            context.Channel.Pipeline.Remove(this);
            context.FireChannelRead(held);
            context.FireChannelReadComplete();
        }
        context.Read();
    }

    /// <inheritdoc/>
    public override void ChannelInactive(IChannelHandlerContext context)
    {
        gate.End(context.Channel);
        Release();
        if (_known)
            context.FireChannelInactive();
    }

    /// <inheritdoc/>
    public override void UserEventTriggered(IChannelHandlerContext context, object evt)
    {
        if (evt is TlsHandshakeCompletionEvent { IsSuccessful: false } tls)
            Fail(context, tls.Exception);
        else
            context.FireUserEventTriggered(evt);
    }

    /// <inheritdoc/>
    public override void ExceptionCaught(IChannelHandlerContext context, Exception exception)
    {
        if (_known)
            context.FireExceptionCaught(exception);
        else
            Fail(context, exception);
    }

    private void Begin(IChannelHandlerContext context)
    {
        if (!AssociatePdu.IsBeginningOf(_held!.SetReaderIndex(LengthField)))
        {
            Refuse(context, "it does not speak Akka's protocol");
            return;
        }
        _held.SetReaderIndex(0);
        // False: it was closed while its message was on the way.
        if (!gate.End(context.Channel))
            return;
        _known = true;
        context.FireChannelActive();
    }

    private void Hold(IChannelHandlerContext context, IByteBuffer bytes)
    {
        _held ??= context.Allocator.HeapBuffer();
        _held.WriteBytes(bytes);
        ReferenceCountUtil.SafeRelease(bytes);
    }

    private void Fail(IChannelHandlerContext context, Exception? failure) =>
        Refuse(context, (failure?.GetBaseException().Message ?? "TLS failed").AsClause());

    private void Refuse(IChannelHandlerContext context, string reason)
    {
        gate.Refuse(context.Channel, reason);
        Release();
    }

    private void Release()
    {
        ReferenceCountUtil.SafeRelease(_held);
        _held = null;
    }
}
