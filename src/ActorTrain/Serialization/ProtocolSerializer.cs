using System.Runtime.Serialization;
using ActorTrain.Parameters;
using ActorTrain.Sentences;
using Akka.Actor;
using Akka.Event;
using Akka.Util;
using Hyperion;

namespace ActorTrain.Serialization;

/// <summary>
/// Carries control messages (<see cref="IWireMessage"/>) between nodes, in Hyperion's format, by an explicit
/// allow-list: any other type, in or out, is refused and logged.
/// </summary>
public sealed class ProtocolSerializer : Akka.Serialization.Serializer
{
    private const string FrameSizeKey = "akka.remote.dot-netty.tcp.maximum-frame-size";
    private const int DefaultFrame = 128_000;

    // What a frame has beside the message: the paths of receiver and sender.
    private const int Envelope = 4_096;

    private readonly Hyperion.Serializer _hyperion;

    // Akka makes its serializers before the system can be logged for.
    private readonly Lazy<ILoggingAdapter> _log;

    /// <summary>Created by Akka for an actor system.</summary>
    public ProtocolSerializer(ExtendedActorSystem system)
        : base(system)
    {
        _log = new Lazy<ILoggingAdapter>(() => Logging.GetLogger(system, typeof(ProtocolSerializer)));
        var frame = system.Settings.Config.GetByteSize(FrameSizeKey) ?? DefaultFrame;
        LargestMessage = (int)Math.Clamp(frame - Envelope, Envelope, int.MaxValue);
        _hyperion = new Hyperion.Serializer(
            new SerializerOptions(
                versionTolerance: false,
                preserveObjectReferences: false,
                surrogates:
                [
                    Surrogate.Create<ISurrogated, ISurrogate>(
                        from => from.ToSurrogate(system),
                        to => to.FromSurrogate(system)
                    ),
                    Surrogate.Create<ParameterLayout, LayoutOnWire>(LayoutOnWire.Of, wire => wire.ToLayout()),
                ],
                serializerFactories: [new ListAsArrayFactory(), new AllowListFactory()],
                knownTypes: null,
                ignoreISerializable: true,
                packageNameOverrides: null,
                disallowUnsafeTypes: true,
                typeFilter: new WireTypeFilter()
            )
        );
    }

    /// <summary>
    /// Largest message that a frame of this system holds, in bytes. No control message grows with the job: what may be
    /// larger travels in pages.
    /// </summary>
    public int LargestMessage { get; }

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <summary>The serializer of an actor system.</summary>
    internal static ProtocolSerializer Of(ActorSystem system) =>
        (ProtocolSerializer)system.Serialization.FindSerializerForType(typeof(IWireMessage));

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message, or something in it, is not on the allow-list, or it is too
    /// large.</exception>
    public override byte[] ToBinary(object obj)
    {
        var bytes = Write(obj);
        return bytes.Length <= LargestMessage
            ? bytes
            : throw Refused(
                $"{obj.GetType()} has {Plural.Of(bytes.Length, "byte")} and is lost: a frame holds "
                    + $"{LargestMessage} ({FrameSizeKey})",
                null
            );
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The bytes are no message of the allow-list, or too many.</exception>
    public override object FromBinary(byte[] bytes, Type type) =>
        bytes.Length <= LargestMessage
            ? Read(bytes)
            : throw Refused(
                $"a message of {Plural.Of(bytes.Length, "byte")} came; a frame holds {LargestMessage} "
                    + $"({FrameSizeKey})",
                null
            );

    /// <summary>A message of any size as bytes.</summary>
    /// <exception cref="SerializationException">The message, or something in it, is not on the allow-list.</exception>
    internal byte[] Write(object message)
    {
        if (!WireTypes.Messages.Contains(message.GetType()))
            throw Refused($"{message.GetType()} may not travel between nodes: it is not on the allow-list", null);
        try
        {
            using var stream = new MemoryStream();
            _hyperion.Serialize(message, stream);
            return stream.ToArray();
        }
        catch (Exception failure) when (failure is not SerializationException { Source: nameof(ProtocolSerializer) })
        {
            throw Refused($"{message.GetType()} cannot be sent: {failure.AsClause()}", failure);
        }
    }

    /// <summary>The message that <see cref="Write"/> has made bytes of.</summary>
    /// <exception cref="SerializationException">The bytes are no message of the allow-list.</exception>
    internal object Read(byte[] bytes)
    {
        object? message;
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            message = _hyperion.Deserialize<object>(stream);
        }
        // Hyperion throws whatever broken bytes lead it to; to Akka all of it is one thing: a message that cannot be
        // read.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            throw Refused($"a message came that cannot be read: {failure.AsClause()}", failure);
        }
        return message is not null && WireTypes.Messages.Contains(message.GetType())
            ? message
            : throw Refused($"{message?.GetType().ToString() ?? "nothing"} came, which is not on the allow-list", null);
    }

    private SerializationException Refused(string reason, Exception? cause)
    {
        _log.Value.Error("Refused: {0}", reason);
        return new SerializationException(reason, cause) { Source = nameof(ProtocolSerializer) };
    }
}
