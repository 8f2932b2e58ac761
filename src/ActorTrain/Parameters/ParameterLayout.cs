using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ActorTrain.Sentences;

namespace ActorTrain.Parameters;

/// <summary>
/// Where each tensor of a model lies in one flat f32 vector. Agreed when a worker joins: two nodes can exchange
/// parameters only if their layouts are the same.
/// </summary>
public sealed class ParameterLayout
{
    /// <summary>A layout without tensors, for models that have no state besides their parameters.</summary>
    public static ParameterLayout Empty { get; } = new([]);

    private ParameterLayout(IReadOnlyList<TensorSpec> tensors)
    {
        Tensors = tensors;
        Length = tensors.Count == 0 ? 0 : checked(tensors[^1].Offset + tensors[^1].Length);
        Hash = HashOf(tensors);
    }

    /// <summary>The tensors in the order in which they lie, without gaps.</summary>
    public IReadOnlyList<TensorSpec> Tensors { get; }

    /// <summary>Number of elements in the flat vector.</summary>
    public int Length { get; }

    /// <summary>16 hexadecimal digits that are equal when names, shapes and order are.</summary>
    public string Hash { get; }

    /// <summary>Lays tensors out one after the other, in the order given.</summary>
    /// <param name="tensors">Names and shapes.</param>
    /// <exception cref="ActorTrainException">A name occurs twice, or the vector would pass 2³¹−1 elements.</exception>
    public static ParameterLayout Of(IEnumerable<(string Name, IReadOnlyList<long> Shape)> tensors)
    {
        var specs = new List<TensorSpec>();
        var names = new HashSet<string>();
        var offset = 0L;
        foreach (var (name, shape) in tensors)
        {
            if (!names.Add(name))
                throw new ActorTrainException($"The model has two parameters named '{name}'; every name must be its own.");
            specs.Add(new TensorSpec(name, [.. shape], (int)offset));
            offset += shape.Aggregate(1L, (product, size) => product * size);
            if (offset > int.MaxValue)
                throw new ActorTrainException($"The model has more than {Plural.Of(int.MaxValue, "parameter")} (passed at '{name}'); a flat vector cannot hold it.");
        }
        return new ParameterLayout(specs);
    }

    /// <summary>The first tensor in which two layouts differ, in words that name both sides; null when they are the same.</summary>
    /// <param name="other">The layout to compare with.</param>
    /// <param name="here">What to call this side.</param>
    /// <param name="there">What to call the other side.</param>
    public string? FirstDifference(ParameterLayout other, string here, string there)
    {
        for (var i = 0; i < Math.Max(Tensors.Count, other.Tensors.Count); i++)
        {
            var (mine, theirs) = (NameAt(Tensors, i), NameAt(other.Tensors, i));
            if (mine != theirs) return $"tensor {i} is {mine} at {here} and {theirs} at {there}";
        }
        return null;
    }

    private static string NameAt(IReadOnlyList<TensorSpec> tensors, int index) =>
        index < tensors.Count ? tensors[index].ToString() : "absent";

    private static string HashOf(IReadOnlyList<TensorSpec> tensors)
    {
        var text = new StringBuilder();
        foreach (var tensor in tensors) text.Append(CultureInfo.InvariantCulture, $"{tensor}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
