using ActorTrain.Lane;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>
/// How fast an engine is on the job's own model, before it has had a lease: a few micro-batches, the first of which warm it up and are not counted. What the engine has
/// in its parameters and its state afterwards means nothing.
/// </summary>
internal static class SelfMeasurement
{
    private const int WarmUp = 2;
    private const int Most = 100;

    // Long beside the clock's milliseconds, and short beside a lease.
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(50);

    /// <summary>Measures an engine.</summary>
    /// <param name="engine">The engine; used on the calling thread.</param>
    /// <param name="batch">Samples to begin with: fewer where the device's memory does not hold them.</param>
    /// <param name="memory">Where a gradient can be written.</param>
    /// <param name="clock">The time.</param>
    public static Measurement Of(IGradientEngine engine, int batch, TensorPool memory, IScheduler clock)
    {
        var gradient = memory.Rent(engine.Model.Parameters.Length);
        try
        {
            engine.Initialize(seed: 0);
            var most = Math.Min(batch, engine.Dataset.TrainSamples);
            var samples = Enumerable.Range(0, most).ToArray();
            var (steps, began) = (0, clock.MonotonicClock);
            while (steps < WarmUp + Most && (steps <= WarmUp || clock.MonotonicClock - began < Long))
            {
                if (steps <= WarmUp) began = clock.MonotonicClock;
                try
                {
                    engine.ComputeGradient(samples.AsSpan(0, most), steps, gradient.Values.Span);
                    steps++;
                    // A model whose steps take seconds is known well enough by its first.
                    if (steps <= WarmUp && clock.MonotonicClock - began > 10 * Long) break;
                }
                catch (OutOfMemoryException) when (most > 1)
                {
                    (most, steps) = (most / 2, 0);
                }
            }
            var seconds = (clock.MonotonicClock - began).TotalSeconds;
            return new Measurement(seconds > 0 ? Math.Max(1, steps - WarmUp) * most / seconds : 0, most);
        }
        finally
        {
            gradient.Release();
        }
    }
}
