using System.Collections;
using System.Collections.Concurrent;
using Hyperion;
using Hyperion.SerializerFactories;
using Hyperion.ValueSerializers;

namespace ActorTrain.Serialization;

/// <summary>
/// Sends lists as arrays. A message's <c>IReadOnlyList</c> may be a <see cref="List{T}"/> or a compiler-generated type
/// of a collection expression, which has no fixed name for an allow-list; each of them can be converted to an array.
/// </summary>
internal sealed class ListAsArrayFactory : ValueSerializerFactory
{
    public override bool CanSerialize(Hyperion.Serializer serializer, Type type) =>
        !type.IsArray && ElementOf(type) is not null;

    public override bool CanDeserialize(Hyperion.Serializer serializer, Type type) => false;

    public override ValueSerializer BuildSerializer(
        Hyperion.Serializer serializer,
        Type type,
        ConcurrentDictionary<Type, ValueSerializer> typeMapping
    ) => typeMapping.GetOrAdd(type, new AsArray(ElementOf(type)!));

    private static Type? ElementOf(Type type) =>
        !typeof(IEnumerable).IsAssignableFrom(type)
            ? null
            : type.GetInterfaces()
                .FirstOrDefault(face =>
                    face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
                )
                ?.GetGenericArguments()[0];

    private sealed class AsArray(Type element) : ValueSerializer
    {
        // The array writes its own.
        public override void WriteManifest(Stream stream, SerializerSession session) { }

        public override void WriteValue(Stream stream, object value, SerializerSession session)
        {
            var elements = ((IEnumerable)value).Cast<object>().ToArray();
            var array = Array.CreateInstance(element, elements.Length);
            elements.CopyTo(array, 0);
            var serializer = session.Serializer.GetSerializerByType(array.GetType());
            serializer.WriteManifest(stream, session);
            serializer.WriteValue(stream, array, session);
        }

        public override object ReadValue(Stream stream, DeserializerSession session) =>
            throw new NotSupportedException("A list is sent as an array, and is read as one.");

        public override Type GetElementType() => element;
    }
}
