using System.Diagnostics;
using ActorTrain.Lane;
using ActorTrain.Torch.Devices;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Measures an engine with several numbers of threads on the job's model: a few steps with each, in several rounds, so
/// that other work of the machine affects all of them alike. The engine must be initialised afterwards.
/// </summary>
internal static class ThreadTrial
{
    private const int Rounds = 5;

    // In all rounds together several time slices of a busy system's scheduler.
    private static readonly TimeSpan ShortestRun = TimeSpan.FromMilliseconds(20);

    // Where steps take so long, one round is precise enough.
    private static readonly TimeSpan LongRun = TimeSpan.FromMilliseconds(400);

    /// <summary>Measures the speeds; empty where the device's memory does not suffice for a batch.</summary>
    /// <param name="engine">The engine; used on the calling thread.</param>
    /// <param name="batch">Samples a step.</param>
    /// <param name="candidates">Numbers of threads.</param>
    public static IReadOnlyList<ThreadSpeed> Measure(TorchEngine engine, int batch, IEnumerable<int> candidates)
    {
        var gradient = TensorMemory.Allocate(engine.Model.Parameters.Length, shared: false);
        try
        {
            engine.Initialize(seed: 0);
            var samples = Enumerable.Range(0, Math.Min(batch, engine.Dataset.TrainSamples)).ToArray();
            var tried = candidates.Select(threads => (Threads: threads, Steps: 0, Time: TimeSpan.Zero)).ToArray();
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < tried.Length; i++)
                {
                    engine.TryThreads(tried[i].Threads);
                    var (steps, time) = Run(engine, samples, gradient.Memory.Span);
                    // The first round warms up.
                    tried[i] =
                        round <= 1
                            ? (tried[i].Threads, steps, time)
                            : (tried[i].Threads, tried[i].Steps + steps, tried[i].Time + time);
                }
                if (round >= 1 && tried.Any(each => each.Time > LongRun))
                    break;
            }
            return
            [
                .. tried.Select(each => new ThreadSpeed(
                    each.Threads,
                    each.Steps * samples.Length / Math.Max(1e-9, each.Time.TotalSeconds)
                )),
            ];
        }
        catch (OutOfMemoryException)
        {
            // The worker finds out later, when it measures the engine, and halves the batch.
            return [];
        }
        finally
        {
            gradient.Free();
        }
    }

    private static (int Steps, TimeSpan Time) Run(TorchEngine engine, int[] samples, Span<float> gradient)
    {
        var began = Stopwatch.GetTimestamp();
        var steps = 0;
        do engine.ComputeGradient(samples, seed: steps++, gradient);
        while (Stopwatch.GetElapsedTime(began) < ShortestRun);
        return (steps, Stopwatch.GetElapsedTime(began));
    }
}
