using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ActorTrain.Lane;
using ActorTrain.Sentences;

namespace ActorTrain.Serialization;

/// <summary>
/// Which ActorTrain this is: its release, and a fingerprint of all that travels between nodes, which differs whenever a
/// message does. Nodes and clients work together only where both are equal.
/// </summary>
internal static class BuildVersion
{
    /// <summary>Of this process, such as <c>0.1.0 (protocol 3f2a91c0)</c>.</summary>
    public static string Here { get; } = $"{Release} (protocol {Protocol})";

    /// <summary>How another's version differs, as a clause; null where it is the same.</summary>
    /// <param name="there">The other's version.</param>
    /// <param name="who">Who the other is, such as <c>the coordinator</c>.</param>
    /// <param name="self">Who this is, such as <c>this node</c>.</param>
    public static string? Difference(string there, string who, string self) =>
        there == Here
            ? null
            : $"{who} runs ActorTrain {there.AsPrintable()}, and {self} ActorTrain {Here}; run the same "
                + "version on both";

    private static string Release =>
        typeof(BuildVersion)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "unknown";

    private static string Protocol =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', All.Select(Shape).Order(StringComparer.Ordinal))))
        )[..8];

    // Those of the tensor lane, too: what their headers hold are their properties.
    private static IEnumerable<Type> All => WireTypes.All.Concat(TensorMessageTable.Types);

    private static string Shape(Type type) =>
        type.IsEnum
            ? $"{type} {string.Join(',', Enum.GetNames(type))}"
            : $"{type} "
                + string.Join(',', type.GetProperties().Select(property => $"{property.Name} {property.PropertyType}"));
}
