using System.Runtime.InteropServices;

namespace ActorTrain.Torch.Native;

/// <summary>
/// Makes the C library keep what libtorch frees. A step allocates and frees the same activations as the step before,
/// and glibc's defaults give the larger ones back to the system each time: every page is then mapped and cleared anew,
/// which was a third of the time of a small convolutional net.
/// </summary>
internal static partial class HostAllocator
{
    // Numbers of <malloc.h>.
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;

    // A heap of a thread has at most 64 MiB.
    private const nuint NearlyAHeap = 60 << 20;
    private const nuint Anchor = 1 << 10;
    private const int Heaps = 16;

    [ThreadStatic]
    private static bool _keeps;

    private static readonly string[] Variables = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES"];

    /// <summary>
    /// Keeps freed memory, unless the environment says how the allocator is to behave. Does nothing where the C library
    /// is another.
    /// </summary>
    public static void KeepFreedMemory()
    {
        if (!IsOurs)
            return;
        // Some versions take 32 MiB at most.
        if (SetOption(MapThreshold, 1 << 30) == 0)
            _ = SetOption(MapThreshold, 1 << 25);
        _ = SetOption(TrimThreshold, int.MaxValue);
    }

    /// <summary>
    /// Has the calling thread keep its memory, too. A thread other than the first has heaps of 64 MiB, and one that is
    /// free altogether is given back whatever the options say: so each gets a small piece that stays. What is not used
    /// of them takes no memory.
    /// </summary>
    public static unsafe void KeepHeapsOfThisThread()
    {
        if (!IsOurs || _keeps)
            return;
        // Once: the pieces stay, and each time there would be as many more.
        _keeps = true;
        var pieces = stackalloc void*[Heaps];
        for (var i = 0; i < Heaps; i++)
            pieces[i] = NativeMemory.Alloc(NearlyAHeap);
        // In place: the beginning stays where it is.
        for (var i = 0; i < Heaps; i++)
            _ = NativeMemory.Realloc(pieces[i], Anchor);
    }

    /// <summary>
    /// Gives all that is free back to the system, for when nothing computes: what is needed then is mapped anew, once.
    /// </summary>
    public static void GiveBack()
    {
        if (IsOurs)
            _ = Trim(0);
    }

    private static bool IsOurs { get; } =
        OperatingSystem.IsLinux()
        && !Variables.Any(name => Environment.GetEnvironmentVariable(name) is not null)
        && NativeLibrary.TryLoad("libc.so.6", out var library)
        && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
