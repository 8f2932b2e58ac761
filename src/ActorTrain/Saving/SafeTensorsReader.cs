using System.Buffers.Binary;
using System.Text.Json;
using ActorTrain.Parameters;
using ActorTrain.Sentences;

namespace ActorTrain.Saving;

/// <summary>Reads the bytes of a safetensors file, and checks everything in it.</summary>
internal static class SafeTensorsReader
{
    public static SavedModel Read(string path, byte[] file)
    {
        try
        {
            if (file.Length < 8)
                throw new FormatException("it is shorter than the length of its header");
            var length = BinaryPrimitives.ReadInt64LittleEndian(file);
            if (length < 2 || length > file.Length - 8)
                throw new FormatException(
                    $"its header would be {Plural.Format(length, "byte")} long, and "
                        + $"{Plural.Number(file.Length - 8)} follow"
                );
            using var header = JsonDocument.Parse(file.AsMemory(8, (int)length));
            return Read(path, header.RootElement, file.AsMemory(8 + (int)length));
        }
        catch (Exception e)
            when (e
                    is FormatException
                        or JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or IndexOutOfRangeException
                        or OverflowException
            )
        {
            throw new ActorTrainException($"{path} is not a safetensors file that can be read: {e.AsClause()}.", e);
        }
    }

    private static SavedModel Read(string path, JsonElement header, ReadOnlyMemory<byte> content)
    {
        var metadata = new Dictionary<string, string>();
        var tensors = new Dictionary<string, SavedTensor>();
        foreach (var entry in header.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
                foreach (var pair in entry.Value.EnumerateObject())
                    metadata[pair.Name] = pair.Value.GetString() ?? "";
            else if (!tensors.TryAdd(entry.Name, Tensor(entry.Name, entry.Value, content)))
                throw new FormatException($"it has two tensors {entry.Name}");
        }
        return new SavedModel(path, metadata, tensors);
    }

    private static SavedTensor Tensor(string name, JsonElement entry, ReadOnlyMemory<byte> content)
    {
        var saved = entry.GetProperty("dtype").GetString();
        var known = Enum.GetValues<ElementType>();
        if (!known.Any(candidate => candidate.SavedName() == saved))
            throw new FormatException(
                $"its tensor {name} is of type {saved}; it must be one of "
                    + $"{string.Join(", ", known.Select(type => type.SavedName()))}"
            );
        var type = known.First(candidate => candidate.SavedName() == saved);
        var shape = entry.GetProperty("shape").EnumerateArray().Select(number => number.GetInt64()).ToArray();
        var (from, to) = (
            entry.GetProperty("data_offsets")[0].GetInt64(),
            entry.GetProperty("data_offsets")[1].GetInt64()
        );
        var expected = shape.Aggregate((long)type.Size(), (product, length) => checked(product * length));
        if (shape.Any(length => length < 0) || from < 0 || to > content.Length || to - from != expected)
            throw new FormatException(
                $"its tensor {name} of shape [{string.Join(", ", shape)}] would lie at {from} to "
                    + $"{to} of {Plural.Format(content.Length, "byte")}"
            );
        return new SavedTensor(name, shape, type, content[(int)from..(int)to]);
    }
}
