using System.Runtime.InteropServices;
using ActorTrain.Sentences;
using Microsoft.Win32.SafeHandles;

namespace ActorTrain.Lane;

/// <summary>
/// A file in memory alone (Linux: memfd_create) that processes of one user on one machine can map. It has no name, so a
/// killed process leaves nothing behind; another process opens it through <c>/proc/PID/fd/DESCRIPTOR</c>. Its size is
/// sealed: the owner cannot cause a reader to fault.
/// </summary>
internal sealed partial class SharedFile : IDisposable
{
    private const int ReadProtection = 1,
        WriteProtection = 2,
        MapShared = 1;
    private const uint CloseOnExec = 1,
        AllowSealing = 2;
    private const int AddSeals = 1033,
        GetSeals = 1034;
    private const int SealSeal = 1,
        SealShrink = 2,
        SealGrow = 4;

    private readonly SafeFileHandle _handle;

    private SharedFile(SafeFileHandle handle) => _handle = handle;

    /// <summary>Whether this system has such files.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Its file descriptor in this process.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>A new file of a size; null where the system cannot create one.</summary>
    public static SharedFile? TryCreate(long bytes)
    {
        if (!IsSupported)
            return null;
        var descriptor = Create("actortrain", CloseOnExec | AllowSealing);
        if (descriptor < 0)
            return null;
        var file = new SharedFile(new SafeFileHandle(descriptor, ownsHandle: true));
        if (Resize(descriptor, bytes) == 0 && Control(descriptor, AddSeals, SealShrink | SealGrow | SealSeal) == 0)
            return file;
        file.Dispose();
        return null;
    }

    /// <summary>Another process's file.</summary>
    /// <exception cref="IOException">The file cannot be opened, or its size is not sealed.</exception>
    /// <exception cref="UnauthorizedAccessException">The process belongs to another user.</exception>
    public static SharedFile Open(int process, int descriptor)
    {
        var handle = File.OpenHandle(
            $"/proc/{process}/fd/{descriptor}",
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite
        );
        var file = new SharedFile(handle);
        var seals = Control(file.Descriptor, GetSeals, 0);
        if (seals >= 0 && (seals & SealShrink) != 0)
            return file;
        file.Dispose();
        throw new IOException("the size of the shared memory is not sealed");
    }

    /// <summary>Maps its first bytes.</summary>
    /// <exception cref="IOException">They cannot be mapped, or the file is shorter.</exception>
    public nint Map(long bytes, bool write)
    {
        if (RandomAccess.GetLength(_handle) < bytes)
            throw new IOException("shared memory is smaller than announced");
        var start = Map(
            0,
            (nuint)bytes,
            write ? ReadProtection | WriteProtection : ReadProtection,
            MapShared,
            Descriptor,
            0
        );
        return start == -1
            ? throw new IOException($"{Plural.Format(bytes, "byte")} of shared memory cannot be mapped")
            : start;
    }

    public static void Unmap(nint start, long bytes) => _ = Unmap(start, (nuint)bytes);

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Create(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate")]
    private static partial int Resize(int descriptor, long length);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
