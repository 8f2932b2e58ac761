using ActorTrain.Consistency;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Staleness;

namespace ActorTrain.Server;

/// <summary>
/// The synchronous steps of one shard: opens them in the order of the epoch, collects their gradients, and applies the
/// mean of each. No step is open where training is not synchronous.
/// </summary>
/// <param name="length">Parameters in the shard.</param>
/// <param name="samples">Training samples.</param>
/// <param name="smallestMicroBatch">Samples of a gradient at least.</param>
/// <param name="memory">Memory for gradients.</param>
/// <param name="isOnly">Whether it is the job's only shard: then the weights before a step are not kept.</param>
/// <param name="applied">The record of applied pushes.</param>
/// <param name="weights">The weights that a step updates.</param>
internal sealed class SynchronousSteps(
    int length,
    int samples,
    int smallestMicroBatch,
    TensorPool memory,
    bool isOnly,
    AppliedPushes applied,
    ShardWeights weights
)
{
    private StepAccumulator? _open;
    private (SampleRange Step, TensorBuffer Weights)? _previous;

    /// <summary>Whether gradients are collected for a step.</summary>
    public bool IsOpen => _open is not null;

    /// <summary>
    /// Whether the open step needs no more gradients. The job's last one may have fewer than the others.
    /// </summary>
    public bool IsComplete => _open is { Contributions: > 0 } step && (step.IsComplete || applied.IsComplete);

    /// <summary>
    /// The positions whose gradients it takes from a worker's node; null where it takes any,
    /// <see cref="SampleRange.None"/> where it takes none.
    /// </summary>
    public SampleRange? OpenTo(string node) => _open?.OpenTo(node);

    /// <summary>
    /// The previous step with the weights that its gradients are computed from, where it holds a part: another shard
    /// may still lack the part, and must get a gradient that comes from the weights of one step on all shards.
    /// </summary>
    public (SampleRange Step, TensorBuffer Weights)? PreviousWith(SampleRange part) =>
        _previous is { } previous && previous.Step.Contains(part) ? previous : null;

    /// <summary>Adds a gradient to the open step, or refuses it.</summary>
    public Verdict Add(
        SampleRange part,
        WorkerId worker,
        long baseVersion,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange> untouched
    )
    {
        if (baseVersion != weights.Version)
            return Verdict.Refuse(
                Refusal.StepClosed,
                $"it was computed from version {baseVersion}, and the open step is that of version {weights.Version}"
            );
        if (_open!.RefusalOf(part, worker.Node) is { } reason)
            return Verdict.Refuse(Refusal.StepClosed, reason);
        _open.Add(part, worker.Node, gradient, untouched);
        applied.Gather(part, worker);
        return Verdict.Applied;
    }

    /// <summary>A worker has pushed a duplicate: the open step does not wait for another gradient of it.</summary>
    public void Excuse(WorkerId worker, long baseVersion)
    {
        if (_open is CountAccumulator counted && baseVersion == weights.Version)
            counted.Excuse(worker.Node);
    }

    /// <summary>Changes the number of gradients that complete a step with backup workers.</summary>
    public void SetContributions(int contributions)
    {
        if (_open is CountAccumulator counted)
            counted.Wanted = contributions;
    }

    /// <summary>Opens the next step, where training is synchronous and samples are left.</summary>
    public void Open(ConsistencyOptions consistency, int contributions)
    {
        if (consistency.Mode != ConsistencyMode.Synchronous || applied.IsComplete)
            return;
        _open = consistency.CountsContributions
            ? new CountAccumulator(contributions, length, memory)
            : OpenRange(NextRange(consistency.Synchronous.GlobalBatchSize));
    }

    /// <summary>Closes the open step, and applies the mean of the gradients that it has.</summary>
    public void Close()
    {
        _previous?.Weights.Release();
        _previous = null;
        if (_open is not { } step)
            return;
        _open = null;
        if (step.Contributions > 0)
            Apply(step);
        applied.StepClosed();
        step.Release();
    }

    public void Release()
    {
        _open?.Release();
        _previous?.Weights.Release();
    }

    private void Apply(StepAccumulator step)
    {
        var range = isOnly ? null : step as RangeAccumulator;
        var keepsPrevious = range is { IsComplete: true };
        var previous = weights.Buffer;
        weights.ApplyStep(step.Mean(), step.Samples, step.Untouched, keepsPrevious);
        if (keepsPrevious)
            _previous = (range!.Step, previous);
    }

    private SampleRange NextRange(int globalBatchSize)
    {
        var epoch = applied.CompleteEpochs + 1;
        return new StepGrid(globalBatchSize, samples, smallestMicroBatch).StepOf(epoch, applied.FirstMissing(epoch));
    }

    private RangeAccumulator OpenRange(SampleRange range) => new(range, applied.MissingFrom(range), length, memory);
}
