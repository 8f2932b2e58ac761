using System.Diagnostics;
using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;

namespace ActorTrain.Benchmarks.Peer;

/// <summary>A Python with PyTorch and gloo.</summary>
internal sealed class PeerPython
{
    // Without libopenblas0-pthread Debian's PyTorch uses the reference BLAS, which is some twenty times slower.
    private const string Install =
        "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "
        + "python3-torch libopenblas0-pthread";
    private const string Test =
        "import torch, torch.distributed as d; assert d.is_gloo_available(); print(torch.__version__)";
    private readonly string _file;

    private PeerPython(string file, string version) => (_file, Version) = (file, version);

    /// <summary>PyTorch's version.</summary>
    public string Version { get; }

    /// <summary>
    /// Finds one, or installs Debian's. Returns null and prints why if it cannot be installed.
    /// </summary>
    public static PeerPython? Find()
    {
        if (FindInstalled() is { } found)
            return found;
        Console.WriteLine("PyTorch is missing: installing python3-torch and libopenblas0-pthread");
        if (OperatingSystem.IsLinux())
            Run("/bin/sh", "-c", Install);
        if (FindInstalled() is { } installed)
            return installed;
        Console.WriteLine("PyTorch cannot be installed here (apt-get and root are needed): its rows are left out");
        return null;
    }

    /// <summary>Starts a script from this program's folder.</summary>
    /// <param name="script">Its file name.</param>
    /// <param name="arguments">Its arguments.</param>
    public Child Start(string script, params string[] arguments) =>
        Child.Start(
            _file,
            [Path.Combine(AppContext.BaseDirectory, "Peer", script), .. arguments],
            new Dictionary<string, string>
            {
                ["OMP_NUM_THREADS"] = "1",
                ["OPENBLAS_NUM_THREADS"] = "1",
                ["GLOO_SOCKET_IFNAME"] = "lo",
            }
        );

    /// <summary>Trains alone or with DistributedDataParallel.</summary>
    /// <param name="job">Its model and batch.</param>
    /// <param name="processes">Number of processes; one trains alone.</param>
    /// <param name="samples">Samples a process.</param>
    /// <param name="device">PyTorch's name of the device.</param>
    /// <param name="throttles">The speed of each as a part of its full speed; none for full speed.</param>
    public Measured Train(TrainingJob job, int processes, int samples, string device = "cpu", params double[] throttles)
    {
        var speeds = string.Join(',', throttles.Select(throttle => throttle.ToString(CultureInfo.InvariantCulture)));
        using var script = Start(
            "ddp.py",
            [
                job.Model,
                $"{job.Batch}",
                $"{processes}",
                $"{samples / job.Batch}",
                device,
                .. speeds.Length > 0 ? [speeds] : Array.Empty<string>(),
            ]
        );
        return Measured.Parse(script.ReadLine());
    }

    private static PeerPython? FindInstalled()
    {
        // Debian's own first: another python3 in the path does not see Debian's packages.
        foreach (var file in new[] { "/usr/bin/python3", "python3", "python" })
            if (Run(file, "-c", Test) is { } version)
                return new PeerPython(file, version);
        return null;
    }

    /// <summary>A program's output; null if it does not exist or failed.</summary>
    private static string? Run(string file, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in arguments)
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No such program.
            return null;
        }
    }
}
