using System.Diagnostics;
using ActorTrain.Balancing;
using ActorTrain.Job;

namespace ActorTrain.Engines;

/// <summary>
/// Creates engines that are slower than the hardware: each sleeps in proportion after each gradient. A real slow node,
/// for demonstrations and tests.
/// </summary>
/// <param name="engines">Creates the underlying engines.</param>
/// <param name="throttle">Their speed as a share of the full speed, above 0 to 1. Called at each gradient.</param>
internal sealed class ThrottledEngines(IEngineFactory engines, Func<double> throttle) : IEngineFactory
{
    /// <inheritdoc/>
    public IGradientEngine Create(JobOptions job) => new Engine(engines.Create(job), throttle);

    /// <inheritdoc/>
    public DatasetDescription? FindData(JobOptions job) => engines.FindData(job);

    /// <inheritdoc/>
    public void NodeStarted() => engines.NodeStarted();

    /// <inheritdoc/>
    public void NodeStopped() => engines.NodeStopped();

    private sealed class Engine(IGradientEngine inner, Func<double> throttle) : WrappedEngine(inner)
    {
        private readonly ManualResetEventSlim _never = new();

        // A median, so that a gradient during which the process was frozen or had no cores is not followed by a long
        // sleep.
        private readonly ThroughputEstimate _speed = new();

        // Sleep still due; below zero where the system let it sleep too long.
        private TimeSpan _owed;

        public override StepResult ComputeGradient(
            ReadOnlySpan<int> samples,
            long seed,
            Span<float> gradient,
            CancellationToken abandoned
        )
        {
            var began = Stopwatch.GetTimestamp();
            var result = Inner.ComputeGradient(samples, seed, gradient, abandoned);
            _speed.Took(samples.Length, Stopwatch.GetElapsedTime(began).TotalSeconds);
            if (_speed.SamplesPerSecond > 0)
                _owed += TimeSpan.FromSeconds(samples.Length / _speed.SamplesPerSecond * (1 / throttle() - 1));
            // The resolution of the system's timers.
            if (_owed < TimeSpan.FromMilliseconds(1))
                return result;
            began = Stopwatch.GetTimestamp();
            try
            {
                _never.Wait(_owed, abandoned);
            }
            finally
            {
                _owed -= Stopwatch.GetElapsedTime(began);
                // An abandoned gradient owes no sleep.
                if (abandoned.IsCancellationRequested)
                    _owed = TimeSpan.Zero;
            }
            return result;
        }

        public override void Dispose()
        {
            base.Dispose();
            _never.Dispose();
        }
    }
}
