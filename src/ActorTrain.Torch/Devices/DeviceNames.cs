using System.Runtime.InteropServices;

namespace ActorTrain.Torch.Devices;

/// <summary>Product names of this machine's devices, as far as the system reports them.</summary>
internal static class DeviceNames
{
    /// <summary>The processor's name; its architecture where the system reports none.</summary>
    public static string Cpu() =>
        Field("/proc/cpuinfo", "model name")
        ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>
    /// A GPU's name. The driver lists GPUs in another order than CUDA numbers them, so only a single one has a name.
    /// </summary>
    public static string Cuda(int index)
    {
        const string Driver = "/proc/driver/nvidia/gpus";
        var cards = Directory.Exists(Driver) ? Directory.GetDirectories(Driver) : [];
        return (cards.Length == 1 ? Field(Path.Combine(cards[0], "information"), "Model") : null)
            ?? $"CUDA device {index}";
    }

    private static string? Field(string path, string name)
    {
        try
        {
            var line = File.Exists(path)
                ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
                : null;
            return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The name is only informative: where the system hides it, there is none.
            return null;
        }
    }
}
