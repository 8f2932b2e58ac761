using System.Diagnostics;
using ActorTrain.Balancing;
using ActorTrain.Job;

namespace ActorTrain.Worker;

/// <summary>
/// Makes engines that are slower than they could be: each sleeps in proportion after each gradient. An honest slow
/// node, for demonstrations and tests.
/// </summary>
/// <param name="engines">Makes the engines themselves.</param>
/// <param name="throttle">Their speed, as a part of what it could be: above 0 to 1. Asked for at each gradient.</param>
public sealed class ThrottledEngines(IEngineFactory engines, Func<double> throttle) : IEngineFactory
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

        // One gradient in which the process was frozen, or the cores somebody else's, must not be followed by a sleep
        // in proportion.
        private readonly ThroughputEstimate _speed = new();

        // What is still to be slept; below zero where the system let it sleep too long.
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
            // The system's timers have a millisecond.
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
                // What is abandoned is not owed.
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
