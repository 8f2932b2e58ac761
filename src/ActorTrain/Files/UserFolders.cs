namespace ActorTrain.Files;

/// <summary>The user's folders for files without a configured place.</summary>
internal static class UserFolders
{
    /// <summary>
    /// For files that can be restored: the native library's copy, data sets. Null where the system has none, as for a
    /// service without a home folder.
    /// </summary>
    public static string? Cache(string name)
    {
        var root = Named("XDG_CACHE_HOME") ?? Platform(mac: "Caches", unix: ".cache");
        return root is null ? null : Path.Combine(root, "actortrain", name);
    }

    /// <summary>
    /// For results that could not be written to their configured place. Null where the system has none.
    /// </summary>
    /// <param name="program">The program's name.</param>
    public static string? State(string program)
    {
        var root =
            Named("XDG_STATE_HOME") ?? Platform(mac: "Application Support", unix: Path.Combine(".local", "state"));
        return root is null ? null : Path.Combine(root, program);
    }

    // The XDG specification says to ignore a path that is not absolute.
    private static string? Named(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } folder && Path.IsPathFullyQualified(folder) ? folder : null;

    private static string? Platform(string mac, string unix)
    {
        if (OperatingSystem.IsWindows())
            return NullIfEmpty(Folder(Environment.SpecialFolder.LocalApplicationData));
        var home = NullIfEmpty(Folder(Environment.SpecialFolder.UserProfile));
        if (home is null)
            return null;
        return OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", mac) : Path.Combine(home, unix);
    }

    private static string Folder(Environment.SpecialFolder folder) => Environment.GetFolderPath(folder);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
