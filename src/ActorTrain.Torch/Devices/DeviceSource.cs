using System.Runtime.CompilerServices;
using ActorTrain.Torch.Native;
using ActorTrain.Worker;

namespace ActorTrain.Torch.Devices;

/// <summary>The device that a node gives its engines: said once, and taken on the thread of each engine.</summary>
internal sealed class DeviceSource
{
    private const int MostThreads = 1024;

    private readonly DeviceChoice _choice;
    private readonly int _threads;

    /// <exception cref="ActorTrainException">An option is wrong.</exception>
    public DeviceSource(TorchOptions options)
    {
        _choice = DeviceChoice.Parse(options.Device);
        _threads = options.Threads is >= 0 and <= MostThreads ? options.Threads
            : throw new ActorTrainException($"The number of threads is {options.Threads}; it must be 0 (one for every core) to {MostThreads}.");
    }

    /// <summary>Loads TorchSharp and looks for the device now.</summary>
    /// <exception cref="ActorTrainException">The device is not there, or the library cannot be loaded.</exception>
    public DeviceDescription Find()
    {
        TorchLibrary.Load();
        return Description();
    }

    /// <summary>Takes the device for the calling thread. TorchSharp must be loaded.</summary>
    /// <exception cref="ActorTrainException">The device is not there.</exception>
    public TorchDevice Take() => TorchDevice.Take(_choice, _threads == 0 ? Environment.ProcessorCount : _threads);

    // Alone in a method: TorchSharp's types may be touched only after its library is loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private DeviceDescription Description() => Take().Description;
}
