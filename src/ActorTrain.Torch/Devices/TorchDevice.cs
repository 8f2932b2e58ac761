using ActorTrain.Engines;
using TorchSharp;

namespace ActorTrain.Torch.Devices;

/// <summary>An available device.</summary>
/// <param name="Device">The device in TorchSharp.</param>
/// <param name="Description">Its description for the job.</param>
/// <param name="SharesMemory">Whether it computes on the memory that the runtime sees; otherwise values are copied
/// there and back.</param>
/// <param name="Threads">CPU threads that may be used.</param>
internal sealed record TorchDevice(
    torch.Device Device,
    DeviceDescription Description,
    bool SharesMemory,
    ThreadChoice Threads
)
{
    /// <summary>Opens the device that was asked for, and sets the calling thread's number of CPU threads.</summary>
    /// <exception cref="ActorTrainException">It is not there.</exception>
    public static TorchDevice Open(DeviceChoice choice, ThreadChoice threads)
    {
        var gpus = choice.Kind != DeviceKind.Cpu && torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        SetThreads(threads.Threads);
        if (choice.Resolve(gpus) is not { } index)
            return new TorchDevice(
                torch.CPU,
                Describe("cpu", DeviceNames.Cpu()) with
                {
                    MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
                },
                SharesMemory: true,
                threads
            );
        return new TorchDevice(
            new torch.Device(DeviceType.CUDA, index),
            Describe($"cuda:{index}", DeviceNames.Cuda(index)),
            SharesMemory: false,
            threads
        );

        DeviceDescription Describe(string kind, string name) =>
            new(kind, name, threads.Threads) { ThreadsReason = threads.Reason };
    }

    /// <summary>
    /// Sets the calling thread's number of CPU threads, which is why an engine is created on the thread that uses it.
    /// </summary>
    public static void SetThreads(int threads) => torch.set_num_threads(threads);
}
