using System.Runtime.CompilerServices;
using ActorTrain.Job;
using ActorTrain.Torch.Engine;
using ActorTrain.Torch.Native;
using ActorTrain.Worker;

namespace ActorTrain.Torch.Devices;

/// <summary>The device that a node gives its engines: said once, and taken on the thread of each engine.</summary>
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
        Threads = new ThreadSource(threads, WorkerClaims.OfThisMachine, Environment.ProcessorCount);
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

    /// <summary>Takes the device for the calling thread. TorchSharp must be loaded.</summary>
    /// <exception cref="ActorTrainException">The device is not there.</exception>
    public TorchDevice Take() => TorchDevice.Take(_choice, Threads.Share());

    /// <summary>Decides how many threads an engine uses that was made on what <see cref="Take"/> gave.</summary>
    // Alone in a method: TorchSharp's types may be touched only after its library is loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public TorchEngine Settle(TorchEngine engine, TorchDevice device, JobOptions job)
    {
        try
        {
            var share = device.Threads;
            // A GPU computes, and few threads feed it: there is nothing to try.
            engine.Use(
                device.SharesMemory
                    ? Threads.For(job, share, counts => ThreadTrial.Of(engine, job.Batch, counts))
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

    // Alone in a method: TorchSharp's types may be touched only after its library is loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private DeviceDescription Description() => Take().Description;
}
