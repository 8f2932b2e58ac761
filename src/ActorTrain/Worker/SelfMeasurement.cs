using ActorTrain.Engines;
using ActorTrain.Lane;
using ActorTrain.Protocol;

namespace ActorTrain.Worker;

/// <summary>
/// Measures the throughput of an engine on the job's own model before its first lease: a few micro-batches, the first
/// of which warm it up and are not counted. Afterwards the engine's parameters and buffers are undefined.
/// </summary>
internal static class SelfMeasurement
{
    private const int WarmUp = 2;
    private const int MaxSteps = 100;

    // Longer than short disturbances of a machine, and shorter than a lease.
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(50);

    /// <summary>Measures an engine.</summary>
    /// <param name="engine">The engine; used on the calling thread.</param>
    /// <param name="batch">Samples to begin with; reduced where the device's memory does not hold them.</param>
    /// <param name="least">Samples that a gradient has at least.</param>
    /// <param name="memory">Memory for the gradients.</param>
    /// <param name="clock">The time.</param>
    public static Measurement Measure(
        IGradientEngine engine,
        int batch,
        int least,
        TensorPool memory,
        Func<TimeSpan> clock
    )
    {
        var gradient = memory.Rent(engine.Model.Parameters.Length);
        try
        {
            engine.Initialize(seed: 0);
            var samples = Enumerable.Range(0, Math.Min(batch, engine.Dataset.TrainSamples)).ToArray();
            var most = samples.Length;
            // The first step of a GPU takes a second or more, however fast those after it are.
            Run(maxSteps: WarmUp);
            var (steps, seconds) = Run(maxSteps: MaxSteps);
            // A small data set does not mean a small memory.
            return new Measurement(seconds > 0 ? steps * most / seconds : 0, most == samples.Length ? batch : most);

            (int Steps, double Seconds) Run(int maxSteps)
            {
                var began = clock();
                var done = 0;
                while (done < maxSteps && (done == 0 || clock() - began < Duration))
                {
                    try
                    {
                        engine.ComputeGradient(samples.AsSpan(0, most), seed: 0, gradient.Values.Span);
                        done++;
                    }
                    catch (OutOfMemoryException) when (most > least)
                    {
                        (most, done, began) = (Math.Max(most / 2, least), 0, clock());
                    }
                }
                return (done, (clock() - began).TotalSeconds);
            }
        }
        finally
        {
            gradient.Release();
        }
    }
}
