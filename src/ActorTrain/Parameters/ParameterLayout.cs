using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ActorTrain.Sentences;

namespace ActorTrain.Parameters;

/// <summary>
/// The position of each tensor of a model in one flat vector of f32, or of words of four bytes. Compared when a worker
/// joins: two nodes can exchange parameters only if their layouts are the same.
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

    /// <summary>Number of words in the flat vector: of elements, where all are F32.</summary>
    public int Length { get; }

    /// <summary>16 hexadecimal digits that are equal when names, shapes, types and order are.</summary>
    public string Hash { get; }

    /// <summary>The ranges of one element type each, in order: one for each type, where the layout is sorted by
    /// type.</summary>
    internal IReadOnlyList<TypedRange> Sections
    {
        get
        {
            var sections = new List<TypedRange>();
            foreach (var tensor in Tensors.Where(tensor => tensor.Length > 0))
            {
                if (sections.Count > 0 && sections[^1].Type == tensor.Type)
                    sections[^1] = sections[^1] with { Length = sections[^1].Length + tensor.Length };
                else
                    sections.Add(new TypedRange(tensor.Type, tensor.Offset, tensor.Length));
            }
            return sections;
        }
    }

    /// <summary>Lays F32 tensors out one after the other, in the order given.</summary>
    /// <param name="tensors">Names and shapes.</param>
    /// <exception cref="ActorTrainException">A name occurs twice, or the vector would have more than 2³¹−1
    /// elements.</exception>
    public static ParameterLayout Create(IEnumerable<(string Name, IReadOnlyList<long> Shape)> tensors) =>
        Create(tensors.Select(tensor => new TensorSpec(tensor.Name, [.. tensor.Shape], 0)));

    /// <summary>Lays tensors out one after the other, in the order given.</summary>
    /// <param name="tensors">The tensors; their offsets are ignored.</param>
    /// <exception cref="ActorTrainException">A name occurs twice, or the vector would have more than 2³¹−1
    /// words.</exception>
    public static ParameterLayout Create(IEnumerable<TensorSpec> tensors)
    {
        var specs = new List<TensorSpec>();
        var names = new HashSet<string>();
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            foreach (var name in tensor.Aliases.Prepend(tensor.Name))
                if (!names.Add(name))
                    throw new ActorTrainException(
                        $"The model has two parameters named '{name}'; every name must be unique."
                    );
            specs.Add(tensor with { Offset = (int)offset });
            offset += (tensor.Shape.Aggregate(1L, (product, size) => product * size) * tensor.Type.Size() + 3) / 4;
            if (offset > int.MaxValue)
                throw new ActorTrainException(
                    $"The model has more than {Plural.Format(int.MaxValue, "parameter")} (passed at '{tensor.Name}'); "
                        + "a flat vector cannot hold it."
                );
        }
        return new ParameterLayout(specs);
    }

    /// <summary>
    /// Describes the first tensor in which two layouts differ, with both sides' names; null where they are the same.
    /// </summary>
    /// <param name="other">The layout to compare with.</param>
    /// <param name="here">The name of this side.</param>
    /// <param name="there">The name of the other side.</param>
    public string? FirstDifference(ParameterLayout other, string here, string there)
    {
        for (var i = 0; i < Math.Max(Tensors.Count, other.Tensors.Count); i++)
        {
            var (mine, theirs) = (NameAt(Tensors, i), NameAt(other.Tensors, i));
            if (mine != theirs)
                return $"tensor {i} is {mine} at {here} and {theirs} at {there}";
        }
        return null;
    }

    private static string NameAt(IReadOnlyList<TensorSpec> tensors, int index) =>
        index < tensors.Count ? tensors[index].ToString() : "absent";

    private static string HashOf(IReadOnlyList<TensorSpec> tensors)
    {
        var text = new StringBuilder();
        foreach (var tensor in tensors)
            text.Append(CultureInfo.InvariantCulture, $"{tensor}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
