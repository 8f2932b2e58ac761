using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using ActorTrain.Parameters;

namespace ActorTrain.Saving;

/// <summary>Writes the bytes of a safetensors file.</summary>
internal static class SafeTensorsWriter
{
    /// <summary>A tensor to write.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Shape">Its sizes, outermost first.</param>
    /// <param name="Type">The type of its elements.</param>
    /// <param name="Length">Its bytes.</param>
    /// <param name="Values">Its elements in words of four bytes.</param>
    internal sealed record Entry(
        string Name,
        IReadOnlyList<long> Shape,
        ElementType Type,
        int Length,
        ReadOnlyMemory<float> Values
    )
    {
        /// <summary>A vector of f32.</summary>
        public static Entry Vector(string name, ReadOnlyMemory<float> values) =>
            new(name, [values.Length], ElementType.F32, checked(values.Length * sizeof(float)), values);
    }

    public static void Write(Stream stream, TrainedModel model, IReadOnlyDictionary<string, string> metadata) =>
        Write(
            stream,
            From(model.Description.Parameters, model.Parameters).Concat(From(model.Description.Buffers, model.Buffers)),
            metadata
        );

    public static void Write(Stream stream, IEnumerable<Entry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        // Wider elements first, so that every tensor is aligned to its elements.
        var tensors = entries.OrderByDescending(tensor => tensor.Type.Size()).ToList();
        var header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in tensors)
            stream.Write(MemoryMarshal.AsBytes(tensor.Values.Span)[..tensor.Length]);
    }

    private static byte[] Header(List<Entry> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in tensors)
                offset = WriteEntry(json, tensor, offset);
            json.WriteEndObject();
        }
        while (text.Length % 8 != 0)
            text.WriteByte((byte)' ');
        return text.ToArray();
    }

    private static long WriteEntry(Utf8JsonWriter json, Entry tensor, long offset)
    {
        var end = offset + tensor.Length;
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.SavedName());
        WriteNumbers("shape", tensor.Shape);
        WriteNumbers("data_offsets", [offset, end]);
        json.WriteEndObject();
        return end;

        void WriteNumbers(string name, IReadOnlyList<long> numbers)
        {
            json.WriteStartArray(name);
            foreach (var number in numbers)
                json.WriteNumberValue(number);
            json.WriteEndArray();
        }
    }

    // A tensor with several names is saved under each: a PyTorch module that loads the file requires all names.
    private static IEnumerable<Entry> From(ParameterLayout layout, ReadOnlyMemory<float> values) =>
        from place in layout.Tensors
        where place.IsSaved
        from name in place.Aliases.Prepend(place.Name)
        select new Entry(
            name,
            place.Shape,
            place.Type,
            place.Count * place.Type.Size(),
            values.Slice(place.Offset, place.Length)
        );
}
