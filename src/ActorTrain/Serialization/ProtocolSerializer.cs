using System.Runtime.Serialization;
using ActorTrain.Parameters;
using ActorTrain.Sentences;
using Akka.Actor;
using Akka.Event;
using Akka.Util;
using Hyperion;

namespace ActorTrain.Serialization;

/// <summary>
/// Carries control messages (<see cref="IWireMessage"/>) between nodes, in Hyperion's format, by an explicit allow-list: any other type,
/// in or out, is refused and logged.
/// </summary>
public sealed class ProtocolSerializer : Akka.Serialization.Serializer
{
    /// <summary>Largest message, in bytes. A control message has a few kilobytes; a forged length in a larger one could claim any amount of memory.</summary>
    public const int LargestMessage = 1024 * 1024;

    private readonly Hyperion.Serializer _hyperion;
    // Akka makes its serializers before the system can be logged for.
    private readonly Lazy<ILoggingAdapter> _log;

    /// <summary>Created by Akka for an actor system.</summary>
    public ProtocolSerializer(ExtendedActorSystem system) : base(system)
    {
        _log = new Lazy<ILoggingAdapter>(() => Logging.GetLogger(system, nameof(ProtocolSerializer)));
        _hyperion = new Hyperion.Serializer(new SerializerOptions(
            versionTolerance: false,
            preserveObjectReferences: false,
            surrogates:
            [
                Surrogate.Create<ISurrogated, ISurrogate>(from => from.ToSurrogate(system), to => to.FromSurrogate(system)),
                Surrogate.Create<ParameterLayout, LayoutOnWire>(LayoutOnWire.Of, wire => wire.ToLayout()),
            ],
            serializerFactories: [new ListAsArrayFactory(), new AllowListFactory()],
            knownTypes: null,
            ignoreISerializable: true,
            packageNameOverrides: null,
            disallowUnsafeTypes: true,
            typeFilter: new WireTypeFilter()));
    }

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message, or something in it, is not on the allow-list, or it is too large.</exception>
    public override byte[] ToBinary(object obj)
    {
        if (!WireTypes.Messages.Contains(obj.GetType()))
            throw Refused($"{obj.GetType()} may not travel between nodes: it is not on the allow-list", null);
        try
        {
            using var stream = new MemoryStream();
            _hyperion.Serialize(obj, stream);
            return stream.Length <= LargestMessage
                ? stream.ToArray()
                : throw Refused($"{obj.GetType()} has {Plural.Of(stream.Length, "byte")}; a control message may have "
                    + $"{LargestMessage}", null);
        }
        catch (Exception failure) when (failure is not SerializationException { Source: nameof(ProtocolSerializer) })
        {
            throw Refused($"{obj.GetType()} cannot be sent: {failure.AsClause()}", failure);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The bytes are no message of the allow-list, or too many.</exception>
    public override object FromBinary(byte[] bytes, Type type)
    {
        if (bytes.Length > LargestMessage)
            throw Refused($"a message of {Plural.Of(bytes.Length, "byte")} came; a control message may have "
                + $"{LargestMessage}", null);
        object? message;
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            message = _hyperion.Deserialize<object>(stream);
        }
#pragma warning disable CA1031 // Hyperion throws whatever broken bytes lead it to; to Akka all of it is one thing: a message that cannot be read.
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
        _log.Value.Warning("Refused: {0}", reason);
        return new SerializationException(reason, cause) { Source = nameof(ProtocolSerializer) };
    }
}
