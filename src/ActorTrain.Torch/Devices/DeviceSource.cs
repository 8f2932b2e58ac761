using System.Runtime.CompilerServices;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Native;

namespace ActorTrain.Torch.Devices;

/// <summary>The device of a node's engines: configured once, and opened on the thread of each engine.</summary>
internal sealed class DeviceSource
{
    private const int MostThreads = 1024;

    private readonly DeviceChoice _choice;

    /// <exception cref="ActorTrainException">An option is wrong.</exception>
    public DeviceSource(TorchOptions options)
    {
        _choice = DeviceChoice.Parse(options.Device);
        var threads = options.Threads is >= 0 and <= MostThreads
            ? options.Threads
            : throw new ActorTrainException(
                $"The number of threads is {options.Threads}; it must be 0 (what the machine has left) to "
                    + $"{MostThreads}."
            );
        Threads = new ThreadSource(threads, WorkerClaims.ThisMachine, Environment.ProcessorCount);
    }

    /// <summary>How many threads its engines use.</summary>
    public ThreadSource Threads { get; }

    /// <summary>Loads TorchSharp and looks for the device now.</summary>
    /// <exception cref="ActorTrainException">The device is not there, or the library cannot be loaded.</exception>
    public DeviceDescription Find()
    {
        TorchLibrary.Load();
        return Description();
    }

    /// <summary>Opens the device for the calling thread. TorchSharp must be loaded.</summary>
    /// <exception cref="ActorTrainException">The device is not there.</exception>
    public TorchDevice Open() => TorchDevice.Open(_choice, Threads.Share());

    /// <summary>Decides how many threads an engine on a device of <see cref="Open"/> uses.</summary>
    // In a method of its own: TorchSharp's types must not be used before its library is loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public TorchEngine ChooseThreads(TorchEngine engine, TorchDevice device, JobOptions job)
    {
        try
        {
            var share = device.Threads;
            // On a GPU the number of CPU threads hardly matters.
            engine.UseThreads(
                device.SharesMemory
                    ? Threads.Choose(job, share, counts => ThreadTrial.Measure(engine, job.BatchSize, counts))
                    : share
            );
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    // In a method of its own: TorchSharp's types must not be used before its library is loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private DeviceDescription Description() => Open().Description;
}
