namespace ActorTrain.Torch;

/// <summary>Where files of one user belong that can be made again: the native library's copy, data sets.</summary>
internal static class UserFolders
{
    /// <summary>The cache folder of ActorTrain for this user; null where the system names none, as for a service without a home.</summary>
    public static string? Cache(string name)
    {
        var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(root) || !Path.IsPathFullyQualified(root)) root = Platform();
        return root is null ? null : Path.Combine(root, "actortrain", name);
    }

    private static string? Platform()
    {
        if (OperatingSystem.IsWindows()) return NullIfEmpty(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData));
        var home = NullIfEmpty(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        if (home is null) return null;
        return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches") : Path.Combine(home, ".cache");
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
