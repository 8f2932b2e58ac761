using System.Runtime.CompilerServices;
using ActorTrain.Torch.Devices;
using TorchSharp;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// One contiguous vector that the runtime sees as memory and TorchSharp as a tensor. On a CPU both are the same bytes;
/// on another device the tensor is a copy, sent and fetched as a whole.
/// </summary>
/// <remarks>
/// The bytes are a pinned managed array, so that whoever still holds the memory keeps it alive after the tensor is
/// gone. (Native memory would need an owner, and a gradient on its way to another actor has none.)
/// </remarks>
internal sealed class FlatVector : IDisposable
{
    // Kernels load whole vectors faster, and take the same path everywhere, from cache-line boundaries.
    private const int Alignment = 64;

    /// <summary>The most numbers that one can have.</summary>
    public static int MostNumbers => Array.MaxLength - Alignment / sizeof(float);

    private readonly torch.Tensor _host;

    public FlatVector(int length, TorchDevice device)
    {
        var array = GC.AllocateArray<float>(length + Alignment / sizeof(float), pinned: true);
        var start = OffsetToBoundary(array);
        Memory = array.AsMemory(start, length);
        // TorchSharp pins the array for the tensor's life by a handle of its own.
        _host = torch.frombuffer(array, torch.ScalarType.Float32, length, start).DetachFromDisposeScope();
        Tensor = device.SharesMemory ? _host : _host.to(device.Device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>The vector as the runtime sees it.</summary>
    public Memory<float> Memory { get; }

    /// <summary>The vector as TorchSharp sees it.</summary>
    public torch.Tensor Tensor { get; }

    private bool Shared => ReferenceEquals(_host, Tensor);

    /// <summary>Brings what the runtime wrote to the device.</summary>
    public void Send()
    {
        if (!Shared)
            Tensor.copy_(_host);
    }

    /// <summary>Brings what the device computed to the runtime.</summary>
    public void Fetch()
    {
        if (!Shared)
            _host.copy_(Tensor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!Shared)
            Tensor.Dispose();
        _host.Dispose();
    }

    private static unsafe int OffsetToBoundary(float[] array)
    {
        var address = (nuint)Unsafe.AsPointer(ref array[0]);
        return (int)((Alignment - address % Alignment) % Alignment) / sizeof(float);
    }
}
