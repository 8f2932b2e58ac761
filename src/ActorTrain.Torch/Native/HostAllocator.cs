using System.Runtime.InteropServices;

namespace ActorTrain.Torch.Native;

/// <summary>
/// Makes the C library keep what libtorch frees. A step allocates and frees the same activations as the step before, and glibc's
/// defaults give the larger ones back to the system each time: every page is then mapped and cleared anew, which was a third of the
/// time of a small convolutional net.
/// </summary>
internal static partial class HostAllocator
{
    // Numbers of <malloc.h>.
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    private static readonly string[] Variables = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES"];

    /// <summary>Keeps freed memory, unless the environment says how the allocator is to behave. Does nothing where the C library is another.</summary>
    public static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux() || Variables.Any(name => Environment.GetEnvironmentVariable(name) is not null)) return;
        if (!NativeLibrary.TryLoad("libc.so.6", out var library)) return;
        if (!NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _)) return;
        _ = SetOption(MapThreshold, 1 << 30);
        _ = SetOption(TrimThreshold, int.MaxValue);
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
