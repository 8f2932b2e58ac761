using ActorTrain.Lane;

namespace ActorTrain.Worker;

/// <summary>
/// How fast an engine is on the job's own model, before it has had a lease: a few micro-batches, the first of which
/// warm it up and are not counted. What the engine has in its parameters and its state afterwards means nothing.
/// </summary>
internal static class SelfMeasurement
{
    private const int WarmUp = 2;
    private const int Most = 100;

    // Long beside what disturbs a machine for a moment, and short beside a lease.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(50);

    // A model whose steps take so long is known well enough by its first.
    private static readonly TimeSpan VeryLong = TimeSpan.FromMilliseconds(500);

    /// <summary>Measures an engine.</summary>
    /// <param name="engine">The engine; used on the calling thread.</param>
    /// <param name="batch">Samples to begin with: fewer where the device's memory does not hold them.</param>
    /// <param name="least">Samples that a gradient has at least.</param>
    /// <param name="memory">Where a gradient can be written.</param>
    /// <param name="clock">The time.</param>
    public static Measurement Of(IGradientEngine engine, int batch, int least, TensorPool memory, Func<TimeSpan> clock)
    {
        var gradient = memory.Rent(engine.Model.Parameters.Length);
        try
        {
            engine.Initialize(seed: 0);
            var samples = Enumerable.Range(0, Math.Min(batch, engine.Dataset.TrainSamples)).ToArray();
            var most = samples.Length;
            var (steps, seconds) = Run(atMost: 1);
            if (seconds < VeryLong.TotalSeconds)
            {
                Run(atMost: WarmUp - 1);
                (steps, seconds) = Run(atMost: Most);
            }
            // Small data are no small memory.
            return new Measurement(seconds > 0 ? steps * most / seconds : 0, most == samples.Length ? batch : most);

            (int Steps, double Seconds) Run(int atMost)
            {
                var began = clock();
                var done = 0;
                while (done < atMost && (done == 0 || clock() - began < Long))
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
