using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ActorTrain.CommandLine;

/// <summary>Ends this process at once, without shutdown hooks and without waiting for anything.</summary>
internal static partial class ProcessEnd
{
    public static void Now(int exitCode)
    {
        if (!OperatingSystem.IsWindows()) ExitOnUnix(exitCode);
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void ExitOnUnix(int status);
}
