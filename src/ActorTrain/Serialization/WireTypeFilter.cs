using System.Text.RegularExpressions;
using Hyperion;

namespace ActorTrain.Serialization;

/// <summary>
/// Lets Hyperion look up only the names of allowed types. (Its own filter compares assembly-qualified names with short
/// ones, and so allows none: here both are converted to one plain form.)
/// </summary>
internal sealed partial class WireTypeFilter(WireTypeSet types) : ITypeFilter
{
    public bool IsAllowed(string typeName) => types.Names.Contains(Plain(typeName));

    /// <summary>A type's name without versions, keys, and the name of the core library.</summary>
    public static string Plain(string typeName) =>
        Details().Replace(typeName, "").Replace(" ", "", StringComparison.Ordinal);

    [GeneratedRegex(@", *(Version|Culture|PublicKeyToken)=[^,\]]*|, *%core%|, *System\.Private\.CoreLib|, *mscorlib")]
    private static partial Regex Details();
}
