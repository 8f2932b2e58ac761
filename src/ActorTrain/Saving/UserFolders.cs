namespace ActorTrain.Saving;

/// <summary>Where files of one user belong that nobody has named a place for.</summary>
internal static class UserFolders
{
    /// <summary>
    /// For what can be made again: the native library's copy, data sets. Null where the system names none, as for a
    /// service without a home.
    /// </summary>
    public static string? Cache(string name)
    {
        var root = Named("XDG_CACHE_HOME") ?? Platform(mac: "Caches", unix: ".cache");
        return root is null ? null : Path.Combine(root, "actortrain", name);
    }

    /// <summary>
    /// For what is to be kept and has no other place: results that could not be written where they were asked for.
    /// Null where the system names none.
    /// </summary>
    /// <param name="program">The program's name.</param>
    public static string? State(string program)
    {
        var root =
            Named("XDG_STATE_HOME") ?? Platform(mac: "Application Support", unix: Path.Combine(".local", "state"));
        return root is null ? null : Path.Combine(root, program);
    }

    // The specification of these folders says that a path which is not absolute is to be ignored.
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
