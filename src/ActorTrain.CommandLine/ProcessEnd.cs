using System.Runtime.InteropServices;

namespace ActorTrain.CommandLine;

/// <summary>Ends this process at once, without shutdown hooks and without waiting for anything.</summary>
internal static partial class ProcessEnd
{
    private const nint ThisProcess = -1;

    public static void Now(int exitCode)
    {
        if (OperatingSystem.IsWindows())
            TerminateProcess(ThisProcess, (uint)exitCode);
        else
            ExitOnUnix(exitCode);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void ExitOnUnix(int status);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool TerminateProcess(nint process, uint exitCode);
}
