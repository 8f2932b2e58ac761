using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Staleness;

namespace ActorTrain.Server;

/// <summary>
/// A shard's weights and all that updates them: optimizer, learning-rate schedule, compensation of stale gradients.
/// </summary>
/// <param name="length">Parameters in the shard.</param>
/// <param name="samples">Training samples.</param>
/// <param name="job">Optimizer and schedule.</param>
/// <param name="staleness">The staleness policy in effect.</param>
/// <param name="memory">Memory for the weights.</param>
/// <param name="algorithms">Creates the optimizer.</param>
internal sealed class ShardWeights(
    int length,
    int samples,
    JobOptions job,
    StalenessOptions staleness,
    TensorPool memory,
    Algorithms algorithms
)
{
    private readonly FlatRange[] _all = [new FlatRange(0, length)];
    private readonly LearningRateSchedule _schedule = new(job.ShardSchedule, job.Epochs, samples);
    private StalenessOptions _staleness = staleness;
    private IOptimizer _optimizer = algorithms.Create(OptimizerUnder(staleness, job), length);
    private StaleGradientCompensator? _compensator = StaleGradientCompensator.Create(staleness, job, length);

    /// <summary>The memory with the newest weights.</summary>
    public TensorBuffer Buffer { get; private set; } = memory.Rent(length);

    /// <summary>Updates applied.</summary>
    public long Version { get; private set; }

    public ReadOnlySpan<float> Values => Buffer.Values.Span;

    /// <summary>Samples behind the updates.</summary>
    public long Samples { get; private set; }

    /// <summary>The steps that each element has taken, where the optimizer counts them.</summary>
    public IEnumerable<StepCount> Steps =>
        _optimizer is AdamOptimizer adam
            ? adam.Steps.Ranges.Select(counted => new StepCount(counted.Range, counted.Steps))
            : [];

    /// <summary>The vectors of the optimizer's state.</summary>
    public IReadOnlyList<Memory<float>> OptimizerState => _optimizer.State;

    /// <summary>The vectors of the staleness policy's state.</summary>
    public IReadOnlyList<Memory<float>> PolicyState => _compensator?.State ?? [];

    /// <summary>The numbers of the staleness policy's state.</summary>
    public IReadOnlyList<double> PolicyNumbers => _compensator?.Numbers ?? [];

    public void Initialize(ReadOnlySpan<float> weights) => weights.CopyTo(Buffer.Values.Span);

    /// <summary>Goes on from a snapshot, under its staleness policy.</summary>
    /// <exception cref="ActorTrainException">The optimizer of this node has another state.</exception>
    public void Restore(ShardSnapshot snapshot)
    {
        Initialize(snapshot.Weights);
        (Version, Samples) = (snapshot.Record.Counts.Version, snapshot.Record.Samples);
        Copy("optimizer", snapshot.Optimizer, OptimizerState);
        Copy("staleness policy", snapshot.Policy, PolicyState);
        if (_optimizer is AdamOptimizer adam)
            adam.Steps.Restore(snapshot.Record.Steps.Select(counted => (counted.Range, counted.Steps)));
        if (_compensator is not null && snapshot.Record.Numbers.Length > 0)
            _compensator.Numbers = snapshot.Record.Numbers;
    }

    /// <summary>A slice to send. While it is read, the next update writes to other memory.</summary>
    public TensorSlice Share(TransferDType type) => Buffer.Share(type);

    /// <summary>The weights are sent to a worker, which computes its next gradient from them.</summary>
    public void Sent(string worker) => _compensator?.Sent(worker, Version, Buffer);

    /// <summary>
    /// Changes the staleness policy in effect. A new policy begins without state, and so does the optimizer where the
    /// policy changes its settings.
    /// </summary>
    public void SetStaleness(StalenessOptions inEffect)
    {
        var previous = _staleness;
        _staleness = inEffect;
        if (OptimizerUnder(previous, job) != OptimizerUnder(inEffect, job))
            _optimizer = algorithms.Create(OptimizerUnder(inEffect, job), length);
        if (StalenessOptions.CompensateAlike(previous, inEffect))
            return;
        _compensator?.Release();
        _compensator = StaleGradientCompensator.Create(inEffect, job, length);
    }

    /// <summary>Applies one worker's gradient.</summary>
    /// <param name="worker">The worker's node.</param>
    /// <param name="baseVersion">The version that the gradient was computed from.</param>
    /// <param name="gradient">The gradient.</param>
    /// <param name="count">Samples behind it.</param>
    /// <param name="scale">Factor on the gradient.</param>
    /// <param name="untouched">Ranges without a gradient, in order.</param>
    public void ApplyPush(
        string worker,
        long baseVersion,
        ReadOnlySpan<float> gradient,
        int count,
        float scale,
        IReadOnlyList<FlatRange> untouched
    )
    {
        var touched = TouchedBut(untouched);
        if (_compensator is null)
            Update(gradient, count, scale, touched);
        else
            Update(
                _compensator.Compensate(worker, baseVersion, gradient, scale, Version, Values, touched),
                count,
                scale: 1,
                touched
            );
    }

    /// <summary>Applies the mean gradient of a synchronous step.</summary>
    /// <param name="mean">The mean gradient.</param>
    /// <param name="count">Samples behind it.</param>
    /// <param name="untouched">Ranges without a gradient, in order.</param>
    /// <param name="keepsPrevious">Whether the weights from before are kept: the caller releases them.</param>
    public void ApplyStep(
        ReadOnlySpan<float> mean,
        int count,
        IReadOnlyList<FlatRange> untouched,
        bool keepsPrevious
    ) => Update(mean, count, scale: 1, TouchedBut(untouched), keepsPrevious);

    /// <summary>Forgets what is kept for an incarnation of a worker that has ended.</summary>
    public void Forget(string worker) => _compensator?.Forget(worker);

    /// <summary>Forgets what is kept for all workers.</summary>
    public void ForgetAll() => _compensator?.ForgetAll();

    public void Release()
    {
        _compensator?.Release();
        Buffer.Release();
    }

    private static OptimizerOptions OptimizerUnder(StalenessOptions staleness, JobOptions job) =>
        GradientCompensations.OptimizerUnder(staleness.Policy, job.ShardOptimizer);

    private static void Copy(string what, IEnumerable<TensorSlice> from, IReadOnlyList<Memory<float>> to)
    {
        TensorSlice[] vectors = [.. from];
        // A job that goes on from a checkpoint with another optimizer or policy begins without state.
        if (vectors.Length > 0 && vectors.Length != to.Count)
            throw new ActorTrainException(
                $"the snapshot has {Plural.Format(vectors.Length, "vector")} of the {what}'s state, and the {what} of "
                    + $"this node has {Plural.Number(to.Count)}"
            );
        for (var i = 0; i < vectors.Length; i++)
            vectors[i].Values.CopyTo(to[i]);
    }

    private FlatRange[] TouchedBut(IReadOnlyList<FlatRange> untouched) =>
        untouched.Count == 0 ? _all : FlatRange.Without(length, untouched);

    private void Update(
        ReadOnlySpan<float> gradient,
        int count,
        float scale,
        FlatRange[] touched,
        bool keepsPrevious = false
    )
    {
        var rate = (float)(job.ShardOptimizer.LearningRate * _schedule.FactorAt(Samples, count));
        var needsNewMemory = keepsPrevious || Buffer.IsRead || _compensator is { ComparesVersions: true };
        var updated = needsNewMemory ? memory.Rent(length) : Buffer;
        // The optimizer does not write weights without a gradient: in new memory they have to be copied.
        if (needsNewMemory && !ReferenceEquals(touched, _all))
            Buffer.Values.CopyTo(updated.Values);
        _optimizer.Apply(Buffer.Values.Span, updated.Values.Span, gradient, rate, scale, touched);
        _compensator?.Updated(Buffer.Values.Span, updated.Values.Span, rate, touched);
        if (needsNewMemory && !keepsPrevious)
            Buffer.Release();
        Buffer = updated;
        Version++;
        Samples += count;
    }
}
