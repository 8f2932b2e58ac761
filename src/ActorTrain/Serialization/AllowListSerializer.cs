using System.Runtime.Serialization;
using ActorTrain.Parameters;
using ActorTrain.Sentences;
using ActorTrain.Settings;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;
using Akka.Util;
using Hyperion;

namespace ActorTrain.Serialization;

/// <summary>
/// Serializes control messages (<see cref="IWireMessage"/>) in Hyperion's format, by an explicit allow-list: any other
/// type, in or out, is refused and logged.
/// </summary>
internal abstract class AllowListSerializer : Akka.Serialization.Serializer
{
    private const string FrameSizeKey = "akka.remote.dot-netty.tcp.maximum-frame-size";
    private const int DefaultFrame = 128_000;

    // The rest of a frame: the paths of receiver and sender.
    private const int Envelope = 4_096;

    private readonly WireTypeSet _types;
    private readonly Hyperion.Serializer _hyperion;

    // Akka creates its serializers before the system has a logger.
    private readonly Lazy<ILoggingAdapter> _log;

    /// <param name="system">The actor system.</param>
    /// <param name="types">The types that may be sent.</param>
    private protected AllowListSerializer(ExtendedActorSystem system, WireTypeSet types)
        : base(system)
    {
        _types = types;
        _log = new Lazy<ILoggingAdapter>(() => Logging.GetLogger(system, typeof(AllowListSerializer)));
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
                    Surrogate.Create<ParameterLayout, LayoutOnWire>(LayoutOnWire.From, wire => wire.ToLayout()),
                    Surrogate.Create<SettingValues, SettingsOnWire>(SettingsOnWire.From, wire => wire.ToSettings()),
                ],
                serializerFactories: [new ListAsArrayFactory(), new AllowListFactory(types)],
                knownTypes: null,
                ignoreISerializable: true,
                packageNameOverrides: null,
                disallowUnsafeTypes: true,
                typeFilter: new WireTypeFilter(types)
            )
        );
    }

    /// <summary>
    /// Largest message that fits a frame of this system, in bytes. Messages that may be larger are sent in pages.
    /// </summary>
    public int LargestMessage { get; }

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <summary>The serializer of an actor system.</summary>
    internal static AllowListSerializer Get(ActorSystem system) =>
        (AllowListSerializer)system.Serialization.FindSerializerForType(typeof(IWireMessage));

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message, or something in it, is not on the allow-list, or it is too
    /// large.</exception>
    public override byte[] ToBinary(object obj)
    {
        var bytes = Write(obj);
        return bytes.Length <= LargestMessage
            ? bytes
            : throw Refused(
                $"{obj.GetType()} has {Plural.Format(bytes.Length, "byte")} and is lost: a frame holds "
                    + $"{LargestMessage} ({FrameSizeKey})",
                null
            );
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The bytes are not a message of the allow-list, or are too
    /// many.</exception>
    public override object FromBinary(byte[] bytes, Type type) =>
        bytes.Length <= LargestMessage
            ? Read(bytes)
            : throw Refused(
                $"a message of {Plural.Format(bytes.Length, "byte")} came; a frame holds {LargestMessage} "
                    + $"({FrameSizeKey})",
                null
            );

    /// <summary>A message of any size as bytes.</summary>
    /// <exception cref="SerializationException">The message, or something in it, is not on the allow-list.</exception>
    internal byte[] Write(object message)
    {
        if (!_types.Messages.Contains(message.GetType()))
            throw Refused($"{message.GetType()} may not travel between nodes: it is not on the allow-list", null);
        try
        {
            using var stream = new MemoryStream();
            _hyperion.Serialize(message, stream);
            return stream.ToArray();
        }
        catch (Exception failure) when (failure is not SerializationException { Source: nameof(AllowListSerializer) })
        {
            throw Refused($"{message.GetType()} cannot be sent: {failure.AsClause()}", failure);
        }
    }

    /// <summary>The message that <see cref="Write"/> has serialized.</summary>
    /// <exception cref="SerializationException">The bytes are not a message of the allow-list.</exception>
    internal object Read(byte[] bytes)
    {
        object? message;
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            message = _hyperion.Deserialize<object>(stream);
        }
        // Broken bytes lead Hyperion to any exception; for Akka each is a message that cannot be read.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            throw Refused($"a message came that cannot be read: {failure.AsClause()}", failure);
        }
        return message is not null && _types.Messages.Contains(message.GetType())
            ? message
            : throw Refused($"{message?.GetType().ToString() ?? "nothing"} came, which is not on the allow-list", null);
    }

    private SerializationException Refused(string reason, Exception? cause)
    {
        _log.Value.SerializationRefused(reason);
        return new SerializationException(reason, cause) { Source = nameof(AllowListSerializer) };
    }
}
