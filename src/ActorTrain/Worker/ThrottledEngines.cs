using System.Diagnostics;
using ActorTrain.Job;

namespace ActorTrain.Worker;

/// <summary>Makes engines that are slower than they could be: each sleeps in proportion after each gradient. An honest slow node, for demonstrations and tests.</summary>
/// <param name="engines">Makes the engines themselves.</param>
/// <param name="throttle">Their speed, as a part of what it could be: above 0 to 1. Asked for at each gradient.</param>
public sealed class ThrottledEngines(IEngineFactory engines, Func<double> throttle) : IEngineFactory
{
    /// <inheritdoc/>
    public IGradientEngine Create(JobOptions job) => new Engine(engines.Create(job), throttle);

    private sealed class Engine(IGradientEngine inner, Func<double> throttle) : IGradientEngine
    {
        private readonly ManualResetEventSlim _never = new();

        // What is still to be slept; below zero where the system let it sleep too long.
        private TimeSpan _owed;

        public ModelDescription Model => inner.Model;

        public DatasetDescription Dataset => inner.Dataset;

        public DeviceDescription Device => inner.Device;

        public Memory<float> Parameters => inner.Parameters;

        public Memory<float> State => inner.State;

        public void Initialize(long seed) => inner.Initialize(seed);

        public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
        {
            var began = Stopwatch.GetTimestamp();
            var result = inner.ComputeGradient(samples, seed, gradient);
            _owed += Stopwatch.GetElapsedTime(began) * (1 / throttle() - 1);
            // The system's timers have a millisecond.
            if (_owed < TimeSpan.FromMilliseconds(1)) return result;
            began = Stopwatch.GetTimestamp();
            _never.Wait(_owed);
            _owed -= Stopwatch.GetElapsedTime(began);
            return result;
        }

        public Evaluation Evaluate(CancellationToken cancellation) => inner.Evaluate(cancellation);

        public void Dispose()
        {
            inner.Dispose();
            _never.Dispose();
        }
    }
}
