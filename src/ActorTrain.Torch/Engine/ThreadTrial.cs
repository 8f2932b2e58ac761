using System.Diagnostics;
using ActorTrain.Lane;
using ActorTrain.Torch.Devices;

namespace ActorTrain.Torch.Engine;

/// <summary>
/// Tries an engine with several numbers of threads on the job's own model: a few steps with each in turn, several
/// times, so that what else the machine does meanwhile meets all of them. The engine must be initialised afterwards.
/// </summary>
internal static class ThreadTrial
{
    private const int Rounds = 5;

    // Several turns of a busy system's scheduler, in all rounds together.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    // A model whose steps take so long is known well enough by one each, or a machine that has no time.
    private static readonly TimeSpan VeryLong = TimeSpan.FromMilliseconds(400);

    /// <summary>The speeds; none where the device does not hold a batch.</summary>
    /// <param name="engine">The engine; used on the calling thread.</param>
    /// <param name="batch">Samples a step.</param>
    /// <param name="candidates">Numbers of threads.</param>
    public static IReadOnlyList<ThreadSpeed> Of(TorchEngine engine, int batch, IEnumerable<int> candidates)
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
                    engine.UseThreads(tried[i].Threads);
                    var (steps, time) = Run(engine, samples, gradient.Memory.Span);
                    // The first round warms up.
                    tried[i] =
                        round <= 1
                            ? (tried[i].Threads, steps, time)
                            : (tried[i].Threads, tried[i].Steps + steps, tried[i].Time + time);
                }
                if (round >= 1 && tried.Any(each => each.Time > VeryLong))
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
            // Half as many samples are the remedy, and found by whoever measures the engine.
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
        while (Stopwatch.GetElapsedTime(began) < Turn);
        return (steps, Stopwatch.GetElapsedTime(began));
    }
}
