using System.Reflection;

namespace ActorTrain.Tests.Architecture;

/// <summary>The sources that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The repository's folder.</summary>
    public static string Root { get; } =
        typeof(Repository)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(pair => pair.Key == "RepositoryRoot")
            .Value!;

    /// <summary>The files of a folder that are not built.</summary>
    /// <param name="folder">A folder in the root.</param>
    /// <param name="pattern">Which files.</param>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !NameOf(file).Contains("/obj/", StringComparison.Ordinal))
            .Where(file => !NameOf(file).Contains("/bin/", StringComparison.Ordinal));

    /// <summary>A file's path from the root.</summary>
    public static string NameOf(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');
}
