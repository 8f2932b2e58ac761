using System.Runtime.InteropServices;

namespace ActorTrain.Torch.Native;

/// <summary>
/// Configures the C library to keep memory that libtorch frees. Each step allocates and frees the same activations, and
/// by default glibc returns the larger ones to the system each time: every page is then mapped and cleared anew, which
/// was a third of the time of a small convolutional net.
/// </summary>
internal static partial class HostAllocator
{
    // Options of mallopt, from <malloc.h>.
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    // A thread's heap has at most 64 MiB.
    private const nuint PieceSize = 60 << 20;
    private const nuint KeptSize = 1 << 10;
    private const int Heaps = 16;

    [ThreadStatic]
    private static bool _keepsHeaps;

    private static readonly string[] Variables = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES"];

    /// <summary>
    /// Keeps freed memory, unless the environment configures the allocator. Does nothing with a C library other than
    /// glibc.
    /// </summary>
    public static void KeepFreedMemory()
    {
        if (!IsConfigurable)
            return;
        // Some versions accept 32 MiB at most.
        if (SetOption(MapThreshold, 1 << 30) == 0)
            _ = SetOption(MapThreshold, 1 << 25);
        _ = SetOption(TrimThreshold, int.MaxValue);
    }

    /// <summary>
    /// Keeps the calling thread's memory, too. A thread other than the first has heaps of 64 MiB, and glibc returns an
    /// empty heap whatever the options say: so each heap gets a small piece that stays. Unused pages take no memory.
    /// </summary>
    public static unsafe void KeepHeapsOfThisThread()
    {
        if (!IsConfigurable || _keepsHeaps)
            return;
        // Only once for a thread, since the pieces stay.
        _keepsHeaps = true;
        var pieces = stackalloc void*[Heaps];
        for (var i = 0; i < Heaps; i++)
            pieces[i] = NativeMemory.Alloc(PieceSize);
        // Shrunk in place, so that each piece stays in its heap.
        for (var i = 0; i < Heaps; i++)
            _ = NativeMemory.Realloc(pieces[i], KeptSize);
    }

    /// <summary>
    /// Returns all free memory to the system, for when no engine is left: the next one maps its memory anew, once.
    /// </summary>
    public static void GiveBack()
    {
        if (IsConfigurable)
            _ = Trim(0);
    }

    private static bool IsConfigurable { get; } =
        OperatingSystem.IsLinux()
        && !Variables.Any(name => Environment.GetEnvironmentVariable(name) is not null)
        && NativeLibrary.TryLoad("libc.so.6", out var library)
        && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
