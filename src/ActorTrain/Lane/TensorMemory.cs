using System.Buffers;
using System.Runtime.InteropServices;

namespace ActorTrain.Lane;

/// <summary>
/// Native memory for one tensor, on a cache-line boundary. Shared memory can be mapped by other processes of this
/// machine through its descriptor. Freed by its finalizer, or at once by <see cref="Free"/>.
/// </summary>
internal sealed unsafe class TensorMemory : MemoryManager<float>
{
    private const int Alignment = 64;
    private static long _numbers;
    private static long _liveBytes;

    private readonly SharedFile? _file;
    private nint _start;

    private TensorMemory(nint start, int length, SharedFile? file)
    {
        (_start, Length, _file) = (start, length, file);
        Interlocked.Add(ref _liveBytes, Bytes);
    }

    // A user of its span holds the slice or the buffer until it has finished.
#pragma warning disable CA2015
    ~TensorMemory() => Dispose(false);
#pragma warning restore CA2015

    /// <summary>Bytes that this process has allocated or mapped, and not freed.</summary>
    public static long LiveBytes => Interlocked.Read(ref _liveBytes);

    /// <summary>Number of floats.</summary>
    public int Length { get; }

    /// <summary>Size in bytes.</summary>
    public long Bytes => SizeOf(Length);

    /// <summary>Unique in this process.</summary>
    public long Number { get; } = Interlocked.Increment(ref _numbers);

    /// <summary>The file that another process can map; null where the memory is not shared.</summary>
    public SharedFile? File => _file;

    /// <summary>New memory.</summary>
    /// <param name="length">Number of floats.</param>
    /// <param name="shared">Whether to share it, if the system can.</param>
    public static TensorMemory Allocate(int length, bool shared)
    {
        var bytes = SizeOf(length);
        if (shared && SharedFile.TryCreate(bytes) is { } file)
            return new TensorMemory(file.Map(bytes, write: true), length, file);
        return new TensorMemory((nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment), length, null);
    }

    /// <summary>Memory of another process, read-only.</summary>
    /// <exception cref="IOException">It cannot be mapped, or is smaller than announced.</exception>
    public static TensorMemory Map(SharedFile file, int length) =>
        new(file.Map(SizeOf(length), write: false), length, file);

    /// <summary>Frees the memory now. It must not be used any more.</summary>
    public void Free()
    {
        Dispose(true);
        // Free stands for Dispose, which a memory manager has only through its interface.
#pragma warning disable CA1816
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
    }

    public override Span<float> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_start == 0, this);
        return new((void*)_start, Length);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new((float*)_start + elementIndex);

    public override void Unpin() { }

    protected override void Dispose(bool disposing)
    {
        var start = Interlocked.Exchange(ref _start, 0);
        if (start == 0)
            return;
        Interlocked.Add(ref _liveBytes, -Bytes);
        if (_file is null)
            NativeMemory.AlignedFree((void*)start);
        else
            SharedFile.Unmap(start, Bytes);
        if (disposing)
            _file?.Dispose();
    }

    private static long SizeOf(int length) => sizeof(float) * Math.Max(1L, length);
}
