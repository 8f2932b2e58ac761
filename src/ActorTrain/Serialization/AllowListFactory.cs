using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Hyperion;
using Hyperion.SerializerFactories;
using Hyperion.ValueSerializers;

namespace ActorTrain.Serialization;

/// <summary>
/// Stands before Hyperion's own factories and makes nothing: it refuses every type that is not on the allow-list, in
/// both directions.
/// </summary>
internal sealed class AllowListFactory : ValueSerializerFactory
{
    public override bool CanSerialize(Hyperion.Serializer serializer, Type type) =>
        !WireTypes.HasSurrogate(type) && Check(type);

    public override bool CanDeserialize(Hyperion.Serializer serializer, Type type) => Check(type);

    public override ValueSerializer BuildSerializer(
        Hyperion.Serializer serializer,
        Type type,
        ConcurrentDictionary<Type, ValueSerializer> typeMapping
    ) => throw new SerializationException($"{type} is not serialized by the allow-list.");

    private static bool Check(Type type) =>
        WireTypes.Allow(type)
            ? false
            : throw new SerializationException($"{type} may not travel between nodes: it is not on the allow-list.");
}
