using System.Buffers.Binary;
using System.Text.Json;
using ActorTrain.Hosting;
using ActorTrain.Parameters;

namespace ActorTrain.Saving;

/// <summary>Writes the bytes of a safetensors file.</summary>
internal static class SafeTensorsWriter
{
    // PyTorch counts batches in whole numbers, and its load_state_dict expects them.
    private const string Counter = "num_batches_tracked";

    public static void Write(Stream stream, TrainedModel model, IReadOnlyDictionary<string, string> metadata)
    {
        // Wider elements first, so that every tensor is aligned to its elements.
        var tensors = From(model.Description.Parameters, model.Parameters).Concat(From(model.Description.State, model.State))
            .OrderByDescending(tensor => tensor.ElementSize).ToList();
        var header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in tensors) stream.Write(tensor.Bytes());
    }

    private static byte[] Header(List<Entry> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata) json.WriteString(key, value);
            json.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in tensors) offset = WriteEntry(json, tensor, offset);
            json.WriteEndObject();
        }
        while (text.Length % 8 != 0) text.WriteByte((byte)' ');
        return text.ToArray();
    }

    private static long WriteEntry(Utf8JsonWriter json, Entry tensor, long offset)
    {
        var end = offset + (long)tensor.Values.Length * tensor.ElementSize;
        json.WriteStartObject(tensor.Place.Name);
        json.WriteString("dtype", tensor.IsCounter ? "I64" : "F32");
        WriteNumbers("shape", tensor.Place.Shape);
        WriteNumbers("data_offsets", [offset, end]);
        json.WriteEndObject();
        return end;

        void WriteNumbers(string name, IReadOnlyList<long> numbers)
        {
            json.WriteStartArray(name);
            foreach (var number in numbers) json.WriteNumberValue(number);
            json.WriteEndArray();
        }
    }

    private static IEnumerable<Entry> From(ParameterLayout layout, ReadOnlyMemory<float> values) =>
        layout.Tensors.Select(place => new Entry(place, values.Slice(place.Offset, place.Length)));

    private sealed record Entry(TensorSpec Place, ReadOnlyMemory<float> Values)
    {
        public bool IsCounter { get; } = Place.Name == Counter || Place.Name.EndsWith($".{Counter}", StringComparison.Ordinal);

        public int ElementSize => IsCounter ? sizeof(long) : sizeof(float);

        public byte[] Bytes()
        {
            var bytes = new byte[Values.Length * ElementSize];
            var values = Values.Span;
            for (var i = 0; i < values.Length; i++)
            {
                var place = bytes.AsSpan(i * ElementSize);
                if (IsCounter) BinaryPrimitives.WriteInt64LittleEndian(place, (long)Math.Round(values[i]));
                else BinaryPrimitives.WriteSingleLittleEndian(place, values[i]);
            }
            return bytes;
        }
    }
}
