using System.Runtime.InteropServices;

namespace ActorTrain.Torch.Native;

/// <summary>The folders with the native libraries of an application.</summary>
internal static class NativeFolders
{
    /// <summary>Full path of a native library of this application; null where there is none.</summary>
    public static string? Find(string file) =>
        Candidates().Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    private static IEnumerable<string> Candidates()
    {
        // What the host computed from the application's deps.json: package folders while developing, the single file's
        // extraction folder, or the output's runtimes folder.
        var hosted = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        foreach (var folder in hosted.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return folder;

        // A published application has them in its own folder; a plugin has them in the folder of this assembly.
        foreach (
            var folder in new[]
            {
                AppContext.BaseDirectory,
                Path.GetDirectoryName(typeof(NativeFolders).Assembly.Location),
            }
        )
        {
            if (string.IsNullOrEmpty(folder))
                continue;
            yield return folder;
            yield return Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
            yield return Path.Combine(
                folder,
                "runtimes",
                $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}",
                "native"
            );
        }
    }
}
