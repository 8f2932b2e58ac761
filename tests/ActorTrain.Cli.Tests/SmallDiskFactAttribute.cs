using System.Diagnostics;

namespace ActorTrain.Cli.Tests;

/// <summary>
/// A test that mounts a small disk for a process, which needs Linux, root, and the right to mount.
/// </summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> CanMount = new(TryMount);

    public SmallDiskFactAttribute()
    {
        if (!CanMount.Value)
            Skip = "needs Linux, root, and the right to mount a file system in a namespace of its own";
    }

    private static bool TryMount()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return false;
        if (!File.Exists("/usr/bin/unshare"))
            return false;
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("unshare", ["--mount", "mount", "-t", "tmpfs", "none", folder.Path])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
