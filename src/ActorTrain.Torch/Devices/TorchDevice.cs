using ActorTrain.Worker;
using TorchSharp;

namespace ActorTrain.Torch.Devices;

/// <summary>A device that is there.</summary>
/// <param name="Device">What TorchSharp calls it.</param>
/// <param name="Description">How it describes itself.</param>
/// <param name="SharesMemory">Whether it computes on the memory that the runtime sees; otherwise values are copied there and back.</param>
internal sealed record TorchDevice(torch.Device Device, DeviceDescription Description, bool SharesMemory)
{
    /// <summary>Takes the device that was asked for, and sets the calling thread's number of CPU threads.</summary>
    /// <exception cref="ActorTrainException">It is not there.</exception>
    public static TorchDevice Take(DeviceChoice choice, int threads)
    {
        var gpus = choice.Kind != DeviceKind.Cpu && torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        // Holds for the thread that calls it, which is why an engine is made where it is used.
        torch.set_num_threads(threads);
        return choice.Among(gpus) is { } index
            ? new TorchDevice(new torch.Device(DeviceType.CUDA, index), new DeviceDescription($"cuda:{index}", DeviceNames.Cuda(index), threads), SharesMemory: false)
            : new TorchDevice(torch.CPU, new DeviceDescription("cpu", DeviceNames.Cpu(), threads, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes), SharesMemory: true);
    }
}
