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
    private const int Timed = 3;

    // A model whose steps take seconds is known well enough by one.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);

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
            var (began, seconds) = (clock.MonotonicClock, new List<double>());
            while (seconds.Count < WarmUp + Timed && (seconds.Count == 0 || clock.MonotonicClock - began < Enough))
            {
                var stepBegan = clock.MonotonicClock;
                try
                {
                    engine.ComputeGradient(samples.AsSpan(0, most), seconds.Count, gradient.Values.Span);
                    seconds.Add((clock.MonotonicClock - stepBegan).TotalSeconds);
                }
                catch (OutOfMemoryException) when (most > 1)
                {
                    (most, seconds) = (most / 2, []);
                }
            }
            var counted = seconds.Skip(Math.Min(WarmUp, seconds.Count - 1)).Order().ToList();
            var middle = counted[counted.Count / 2];
            return new Measurement(middle > 0 ? most / middle : 0, most);
        }
        finally
        {
            gradient.Release();
        }
    }
}
