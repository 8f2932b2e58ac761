using ActorTrain.Engines;
using ActorTrain.Job;

namespace ActorTrain.Tests.Toys;

/// <summary>
/// Engines that stop in the middle of a job until they are released, so that a test acts there however fast the
/// machine is.
/// </summary>
/// <param name="engines">Creates the underlying engines.</param>
/// <param name="samples">The samples that they compute together before they stop.</param>
internal sealed class HeldEngines(IEngineFactory engines, long samples) : IEngineFactory, IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _released = new();
    private readonly long _before = samples;
    private long _computed;

    /// <summary>Completes when the first engine has stopped.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Samples of all gradients that were begun.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    public void Release() => _released.Set();

    public IGradientEngine Create(JobOptions job) => new Engine(engines.Create(job), this);

    public DatasetDescription? FindData(JobOptions job) => engines.FindData(job);

    public void NodeStarted() => engines.NodeStarted();

    public void NodeStopped() => engines.NodeStopped();

    public void Dispose() => _released.Dispose();

    private sealed class Engine(IGradientEngine inner, HeldEngines all) : WrappedEngine(inner)
    {
        private bool _isOfTheJob;

        public override void Initialize(long seed)
        {
            // Seed 0 is the engine's own measurement.
            _isOfTheJob = seed != 0;
            base.Initialize(seed);
        }

        public override StepResult ComputeGradient(
            ReadOnlySpan<int> samples,
            long seed,
            Span<float> gradient,
            CancellationToken abandoned
        )
        {
            if (_isOfTheJob && Interlocked.Add(ref all._computed, samples.Length) > all._before)
            {
                all._reached.TrySetResult();
                all._released.Wait(abandoned);
            }
            return Inner.ComputeGradient(samples, seed, gradient, abandoned);
        }
    }
}
