using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Hyperion.SerializerFactories;
using Hyperion.ValueSerializers;

namespace ActorTrain.Serialization;

/// <summary>
/// Comes before Hyperion's own factories and creates no serializer: it refuses every type that is not on the
/// allow-list, in both directions.
/// </summary>
internal sealed class AllowListFactory(WireTypeSet types) : ValueSerializerFactory
{
    public override bool CanSerialize(Hyperion.Serializer serializer, Type type) =>
        !WireTypeSet.HasSurrogate(type) && Check(type);

    public override bool CanDeserialize(Hyperion.Serializer serializer, Type type) => Check(type);

    public override ValueSerializer BuildSerializer(
        Hyperion.Serializer serializer,
        Type type,
        ConcurrentDictionary<Type, ValueSerializer> typeMapping
    ) => throw new SerializationException($"{type} is not serialized by the allow-list.");

    private bool Check(Type type) =>
        types.Allow(type)
            ? false
            : throw new SerializationException($"{type} may not travel between nodes: it is not on the allow-list.");
}
