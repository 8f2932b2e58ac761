using System.Runtime.InteropServices;

namespace ActorTrain.Torch.Devices;

/// <summary>What the makers call the devices of this machine, as far as the system says.</summary>
internal static class DeviceNames
{
    /// <summary>The processor's name; its architecture where the system does not say.</summary>
    public static string Cpu() =>
        Field("/proc/cpuinfo", "model name")
        ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>
    /// A GPU's name. The driver lists them in another order than CUDA counts, so only a single one is named.
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
            // A name is a courtesy: where the system hides it, there is none.
            return null;
        }
    }
}
