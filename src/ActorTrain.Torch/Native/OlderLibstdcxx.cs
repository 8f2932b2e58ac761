using ActorTrain.Sentences;

namespace ActorTrain.Torch.Native;

/// <summary>
/// Adapts TorchSharp's native library to the libstdc++ of Debian 12, Ubuntu 22.04 and RHEL 9.
/// </summary>
/// <remarks>
/// The library was linked with a newer compiler and needs two versions of libstdc++ that these lack, each for one
/// symbol. Of GLIBCXX_3.4.32 (none of the three has it) it uses a call by which static initialisers set up the standard
/// streams; older versions do that work in a constructor that does not use its <c>this</c>, so that one can replace
/// the call. Of GLIBCXX_3.4.30 (RHEL 9 lacks it) it uses <c>condition_variable::wait</c>, which is there under the
/// same name since GLIBCXX_3.4.11.
/// </remarks>
internal static class OlderLibstdcxx
{
    private static readonly Replacement[] Replacements =
    [
        new("GLIBCXX_3.4.32", "_ZSt21ios_base_library_initv", "GLIBCXX_3.4", "_ZNSt8ios_base4InitC1Ev"),
        new(
            "GLIBCXX_3.4.30",
            "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE",
            "GLIBCXX_3.4.11",
            "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE"
        ),
    ];

    /// <summary>
    /// The versions that older systems do not have; the loader names one when it refuses the library.
    /// </summary>
    public static IReadOnlyList<string> MissingVersions { get; } =
    [.. Replacements.Select(replacement => replacement.Missing)];

    /// <summary>A copy of the library that needs only symbols of an older libstdc++.</summary>
    /// <exception cref="FormatException">The library is not as expected; the message says how it differs.</exception>
    public static byte[] Adapt(ReadOnlySpan<byte> library)
    {
        var adapted = library.ToArray();
        try
        {
            var image = new ElfImage(adapted);
            foreach (var replacement in Replacements)
                Replace(image, replacement);
            return adapted;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new FormatException("its tables are damaged", e);
        }
    }

    private static void Replace(ElfImage image, Replacement replacement)
    {
        var needed = image.NeededVersions().Where(version => version.Name == replacement.Missing).ToList();
        if (needed.Count != 1)
            throw new FormatException(
                $"it needs {replacement.Missing} of {Plural.Format(needed.Count, "library", "libraries")}, not of one"
            );
        var symbols = image.SymbolsOf(needed[0]).ToList();
        if (symbols.Count != 1 || symbols[0] != replacement.MissingSymbol)
            throw new FormatException(
                $"what it needs of {replacement.Missing} is {string.Join(", ", symbols)}, not "
                    + $"{replacement.MissingSymbol} alone"
            );
        if (replacement.Symbol != replacement.MissingSymbol)
            image.RenameSymbol(replacement.MissingSymbol, replacement.Symbol);
        image.Rename(needed[0], replacement.Version);
    }

    /// <summary>A missing version with the one symbol used of it, and their replacements.</summary>
    private sealed record Replacement(string Missing, string MissingSymbol, string Version, string Symbol);
}
