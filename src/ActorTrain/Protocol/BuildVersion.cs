using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using ActorTrain.Sentences;

namespace ActorTrain.Protocol;

/// <summary>
/// The version of this build: its release, and a fingerprint of all messages between nodes. Nodes and clients work
/// together only where both are equal.
/// </summary>
internal static class BuildVersion
{
    /// <summary>The version of this process, such as <c>0.1.0 (protocol 3f2a91c0)</c>.</summary>
    public static string Here { get; } = $"{Release} (protocol {Protocol})";

    /// <summary>How another's version differs, as a clause; null where it is the same.</summary>
    /// <param name="there">The other's version.</param>
    /// <param name="other">A name for the other, such as <c>the coordinator</c>.</param>
    /// <param name="self">A name for this side, such as <c>this node</c>.</param>
    public static string? Difference(string there, string other, string self) =>
        there == Here
            ? null
            : $"{other} runs ActorTrain {there.AsPrintable()}, and {self} ActorTrain {Here}; run the same "
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

    // Messages of the tensor lane have headers that hold their properties.
    private static IEnumerable<Type> All => WireTypes.All.Types.Concat(TensorMessages.Table.Types);

    private static string Shape(Type type) =>
        type.IsEnum
            ? $"{type} {string.Join(',', Enum.GetNames(type))}"
            : $"{type} "
                + string.Join(',', type.GetProperties().Select(property => $"{property.Name} {property.PropertyType}"));
}
