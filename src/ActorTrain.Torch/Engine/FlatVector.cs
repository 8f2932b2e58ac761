using System.Runtime.CompilerServices;
using ActorTrain.Torch.Devices;
using TorchSharp;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// One contiguous vector that the runtime sees as memory and TorchSharp as a tensor. On a CPU both are the same bytes;
/// on another device the tensor is a copy, sent and fetched as a whole.
/// </summary>
/// <remarks>
/// The bytes are a pinned managed array, so that every holder of the memory keeps it alive after the tensor is disposed
/// of. (Native memory would need an owner, and a gradient on its way to another actor has none.)
/// </remarks>
internal sealed class FlatVector : IDisposable
{
    // From cache-line boundaries kernels load faster, and take the same path on every machine.
    private const int Alignment = 64;

    /// <summary>The most numbers that one vector can have.</summary>
    public static int MostNumbers => Array.MaxLength - Alignment / sizeof(float);

    private readonly torch.Tensor _host;

    public FlatVector(int length, TorchDevice device)
    {
        var array = GC.AllocateArray<float>(length + Alignment / sizeof(float), pinned: true);
        var start = OffsetToBoundary(array);
        Memory = array.AsMemory(start, length);
        // TorchSharp pins the array for the tensor's lifetime by a handle of its own.
        _host = torch.frombuffer(array, torch.ScalarType.Float32, length, start).DetachFromDisposeScope();
        Tensor = device.SharesMemory ? _host : _host.to(device.Device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>The vector as the runtime sees it.</summary>
    public Memory<float> Memory { get; }

    /// <summary>The vector as TorchSharp sees it.</summary>
    public torch.Tensor Tensor { get; }

    private bool IsShared => ReferenceEquals(_host, Tensor);

    /// <summary>Copies what the runtime wrote to the device.</summary>
    public void Send()
    {
        if (!IsShared)
            Tensor.copy_(_host);
    }

    /// <summary>Copies what the device computed to the runtime.</summary>
    public void Fetch()
    {
        if (!IsShared)
            _host.copy_(Tensor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!IsShared)
            Tensor.Dispose();
        _host.Dispose();
    }

    private static unsafe int OffsetToBoundary(float[] array)
    {
        var address = (nuint)Unsafe.AsPointer(ref array[0]);
        return (int)((Alignment - address % Alignment) % Alignment) / sizeof(float);
    }
}
