namespace ActorTrain.Torch.Native;

/// <summary>
/// Makes TorchSharp's native library loadable with the libstdc++ of Debian 12 and Ubuntu 22.04.
/// </summary>
/// <remarks>
/// The library was linked with a newer compiler and asks libstdc++ for version GLIBCXX_3.4.32, of which it uses one
/// symbol: a call by which static initialisers set up the standard streams. Older versions do that work in a
/// constructor that does not use its <c>this</c>, so the one can stand for the other.
/// </remarks>
internal static class OlderLibstdcxx
{
    /// <summary>The version that older systems do not have; the loader names it when it refuses the library.</summary>
    public const string MissingVersion = "GLIBCXX_3.4.32";

    private const string Version = "GLIBCXX_3.4";
    private const string MissingSymbol = "_ZSt21ios_base_library_initv";
    private const string Symbol = "_ZNSt8ios_base4InitC1Ev";

    /// <summary>A copy of the library that asks only for what an older libstdc++ has.</summary>
    /// <exception cref="FormatException">The library is not of the known kind; the message says in what.</exception>
    public static byte[] Adapt(ReadOnlySpan<byte> library)
    {
        var adapted = library.ToArray();
        try
        {
            var image = new ElfImage(adapted);
            var needed = image.NeededVersions().Where(version => version.Name == MissingVersion).ToList();
            if (needed.Count != 1) throw new FormatException($"it needs {MissingVersion} of {needed.Count} libraries, not of one");
            var symbols = image.SymbolsOf(needed[0]).ToList();
            if (symbols is not [MissingSymbol])
                throw new FormatException($"what it needs of {MissingVersion} is {string.Join(", ", symbols)}, not {MissingSymbol} alone");
            image.RenameSymbol(MissingSymbol, Symbol);
            image.Rename(needed[0], Version);
            return adapted;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new FormatException("its tables are damaged", e);
        }
    }
}
