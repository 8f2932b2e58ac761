using System.Text;

namespace ActorTrain.Settings;

/// <summary>
/// The names by which a user writes the values of an enum: <c>BoundedStaleness</c> is <c>bounded-staleness</c>,
/// <c>AdamW</c> is <c>adamw</c>.
/// </summary>
internal static class Choices
{
    /// <summary>A value's name.</summary>
    public static string NameOf<TEnum>(TEnum value)
        where TEnum : struct, Enum => Kebab(value.ToString());

    /// <summary>The names of all values.</summary>
    public static IReadOnlyList<string> NamesOf<TEnum>()
        where TEnum : struct, Enum => [.. Enum.GetNames<TEnum>().Select(Kebab)];

    internal static TEnum? Parse<TEnum>(string text)
        where TEnum : struct, Enum
    {
        foreach (var value in Enum.GetValues<TEnum>())
            if (NameOf(value).Equals(text, StringComparison.OrdinalIgnoreCase))
                return value;
        return null;
    }

    private static string Kebab(string name)
    {
        var kebab = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            // A capital starts a word when small letters follow it; the W of AdamW does not.
            if (i > 0 && char.IsUpper(name[i]) && i + 1 < name.Length && char.IsLower(name[i + 1]))
                kebab.Append('-');
            kebab.Append(char.ToLowerInvariant(name[i]));
        }
        return kebab.ToString();
    }
}
