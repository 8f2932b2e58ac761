namespace ActorTrain.Torch.Data;

/// <summary>What was left out of a folder of images, by the reason, for the line that a user sees.</summary>
internal sealed class SkippedEntries(string root)
{
    private const int Examples = 3;
    private static readonly string[] OfSystems = ["Thumbs.db", "desktop.ini", "__MACOSX"];
    private readonly List<(string Reason, List<string> Paths)> _byReason = [];

    /// <summary>Whether an entry is hidden, or one that systems leave behind.</summary>
    public static bool IsHidden(FileSystemInfo entry) =>
        entry.Name.StartsWith('.')
        || OfSystems.Contains(entry.Name, StringComparer.OrdinalIgnoreCase)
        || entry.Exists && entry.Attributes.HasFlag(FileAttributes.Hidden);

    /// <summary>Counts an entry.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="reason">Why it is left out, such as <c>hidden</c>.</param>
    public void Add(string path, string reason)
    {
        var (_, paths) = _byReason.FirstOrDefault(one => one.Reason == reason);
        if (paths is null)
            _byReason.Add((reason, paths = []));
        paths.Add(Path.GetRelativePath(root, path).Replace('\\', '/').ReplaceLineEndings("?"));
    }

    /// <summary>All that was left out, in one line; null for nothing.</summary>
    public string? Sentence
    {
        get
        {
            var counts = _byReason.Select(one => $"{one.Paths.Count} {one.Reason} ({Named(one.Paths)})");
            return _byReason.Count == 0 ? null : $"{root}: skipped {string.Join("; ", counts)}.";
        }
    }

    /// <summary>The first few of some names.</summary>
    public static string Named(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(Examples)) + (names.Count > Examples ? ", …" : "");
}
