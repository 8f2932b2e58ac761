using ActorTrain.Sentences;
using DotNetty.Buffers;
using DotNetty.Common.Utilities;
using DotNetty.Handlers.Tls;
using DotNetty.Transport.Channels;

namespace ActorTrain.Handshakes;

/// <summary>
/// Buffers the first message of a connection to the control port, behind TLS if there is any, until it is complete and
/// begins an association. Then it hands the message to Akka and removes itself. So a connection that sends nothing, too
/// much, or something else gets no actor and no log line of its own.
/// </summary>
/// <param name="gate">Closes a connection that is not valid.</param>
/// <param name="maxBytes">Most bytes of the message.</param>
/// <param name="littleEndian">Byte order of the message's length.</param>
internal sealed class FirstMessage(HandshakeGate<IChannel> gate, int maxBytes, bool littleEndian)
    : ChannelHandlerAdapter
{
    private const int LengthField = 4;
    private IByteBuffer? _buffered;
    private bool _isAccepted;

    /// <inheritdoc/>
    public override void ChannelActive(IChannelHandlerContext context)
    {
        // Akka is notified after the first message. Until then the channel reads automatically.
    }

    /// <inheritdoc/>
    public override void ChannelRead(IChannelHandlerContext context, object message)
    {
        Buffer(context, (IByteBuffer)message);
        if (_isAccepted)
            return;
        if (_buffered!.ReadableBytes < LengthField)
            return;
        var length = (uint)(littleEndian ? _buffered.GetIntLE(0) : _buffered.GetInt(0));
        if (length > maxBytes)
            Refuse(
                context,
                $"its first message has {Plural.Format(length, "byte")}, where at most {Plural.Number(maxBytes)} are "
                    + "allowed"
            );
        else if (_buffered.ReadableBytes - LengthField >= length)
            Begin(context);
    }

    /// <inheritdoc/>
    public override void Read(IChannelHandlerContext context)
    {
        // Akka's first read request means that it can receive: earlier it would lose the message.
        if (_isAccepted && _buffered is { } buffered)
        {
            _buffered = null;
            context.Channel.Pipeline.Remove(this);
            context.FireChannelRead(buffered);
            context.FireChannelReadComplete();
        }
        context.Read();
    }

    /// <inheritdoc/>
    public override void ChannelInactive(IChannelHandlerContext context)
    {
        gate.End(context.Channel);
        Release();
        if (_isAccepted)
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
        if (_isAccepted)
            context.FireExceptionCaught(exception);
        else
            Fail(context, exception);
    }

    private void Begin(IChannelHandlerContext context)
    {
        if (!AssociatePdu.IsBeginningOf(_buffered!.SetReaderIndex(LengthField)))
        {
            Refuse(context, "it does not speak Akka's protocol");
            return;
        }
        _buffered.SetReaderIndex(0);
        // False: the gate has closed it meanwhile.
        if (!gate.End(context.Channel))
            return;
        _isAccepted = true;
        context.FireChannelActive();
    }

    private void Buffer(IChannelHandlerContext context, IByteBuffer bytes)
    {
        _buffered ??= context.Allocator.HeapBuffer();
        _buffered.WriteBytes(bytes);
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
        ReferenceCountUtil.SafeRelease(_buffered);
        _buffered = null;
    }
}
