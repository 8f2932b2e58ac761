namespace ActorTrain.Torch.Data;

/// <summary>The entries of a folder of images that were skipped, by reason, for a note to the user.</summary>
internal sealed class SkippedEntries(string root)
{
    private const int Examples = 3;
    private static readonly string[] SystemEntries = ["Thumbs.db", "desktop.ini", "__MACOSX"];
    private readonly List<(string Reason, List<string> Paths)> _byReason = [];

    /// <summary>Whether an entry is hidden, or created by an operating system.</summary>
    public static bool IsHidden(FileSystemInfo entry) =>
        entry.Name.StartsWith('.')
        || SystemEntries.Contains(entry.Name, StringComparer.OrdinalIgnoreCase)
        || entry.Exists && entry.Attributes.HasFlag(FileAttributes.Hidden);

    /// <summary>Counts an entry.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="reason">Why it is skipped, such as <c>hidden</c>.</param>
    public void Add(string path, string reason)
    {
        var (_, paths) = _byReason.FirstOrDefault(one => one.Reason == reason);
        if (paths is null)
            _byReason.Add((reason, paths = []));
        paths.Add(Path.GetRelativePath(root, path).Replace('\\', '/').ReplaceLineEndings("?"));
    }

    /// <summary>All skipped entries in one line; null for none.</summary>
    public string? Sentence
    {
        get
        {
            var counts = _byReason.Select(one => $"{one.Paths.Count} {one.Reason} ({FirstNames(one.Paths)})");
            return _byReason.Count == 0 ? null : $"{root}: skipped {string.Join("; ", counts)}.";
        }
    }

    /// <summary>The first few of some names.</summary>
    public static string FirstNames(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(Examples)) + (names.Count > Examples ? ", …" : "");
}
