using System.Numerics.Tensors;
using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Staleness;

namespace ActorTrain.Server;

/// <summary>
/// The decisions of one parameter shard: whether a push is applied, when a synchronous step is complete, which weights
/// a reader gets. Each position of an epoch changes the weights once, regardless of which worker computed it and how
/// often it is sent.
/// </summary>
internal sealed class ShardState
{
    private readonly AppliedPushes _applied;
    private readonly ShardWeights _weights;
    private readonly SynchronousSteps _steps;
    private readonly EpochWeights _epochWeights;
    private readonly IncarnationFences _fences = new();
    private readonly JobOptions _job;
    private readonly ShardPolicies _policies;
    private readonly int _samples;
    private readonly ShardSnapshots _snapshots;

    /// <param name="index">The shard's number, from 0.</param>
    /// <param name="length">Parameters in it.</param>
    /// <param name="samples">Training samples.</param>
    /// <param name="job">Optimizer, schedule, samples a push, staleness policy and consistency model.</param>
    /// <param name="memory">Memory for its weights.</param>
    /// <param name="isOnly">Whether it is the job's only shard.</param>
    /// <param name="algorithms">Creates its staleness policy and its optimizer.</param>
    /// <exception cref="ActorTrainException">The job names an algorithm that is not there.</exception>
    public ShardState(
        int index,
        int length,
        int samples,
        JobOptions job,
        TensorPool memory,
        bool isOnly = false,
        Algorithms? algorithms = null
    )
    {
        algorithms ??= Algorithms.BuiltIn;
        (Index, _samples, _job) = (index, samples, job);
        _policies = new ShardPolicies(job, algorithms);
        _applied = new AppliedPushes(job.Epochs, samples);
        _weights = new ShardWeights(length, samples, job, _policies.StalenessInEffect, memory, algorithms);
        _steps = new SynchronousSteps(length, samples, job.SmallestMicroBatch, memory, isOnly, _applied, _weights);
        _epochWeights = new EpochWeights(job);
        _snapshots = new ShardSnapshots(index, _applied, _weights, _epochWeights, memory);
    }

    public int Index { get; }

    public long Version => _weights.Version;

    public ReadOnlySpan<float> Weights => _weights.Values;

    public void Initialize(ReadOnlySpan<float> weights)
    {
        _weights.Initialize(weights);
        _steps.Open(_policies.Consistency, _policies.Contributions);
    }

    /// <summary>Goes on from a snapshot, in place of <see cref="Initialize"/>.</summary>
    /// <exception cref="ActorTrainException">This node lacks the snapshot's staleness policy, or its optimizer has
    /// another state.</exception>
    public void Restore(ShardSnapshot snapshot)
    {
        var policies = snapshot.Record.Policies;
        _policies.SetStaleness(policies.Staleness);
        (_policies.Consistency, _policies.Contributions) = (policies.Consistency, policies.Contributions);
        _weights.SetStaleness(_policies.StalenessInEffect);
        _snapshots.Restore(snapshot);
        _steps.Open(_policies.Consistency, _policies.Contributions);
    }

    /// <summary>
    /// Has a snapshot taken, of the weights without the gradients of an open step: <see cref="TakenSnapshot"/>.
    /// </summary>
    /// <inheritdoc cref="ShardSnapshots.Request"/>
    public void RequestSnapshot(SampleRange after)
    {
        _snapshots.Request(after);
        TakeSnapshotIfDue();
    }

    /// <inheritdoc cref="ShardSnapshots.Taken"/>
    public ShardSnapshot? TakenSnapshot() => _snapshots.Taken();

    /// <summary>A snapshot of now; the caller releases it.</summary>
    public ShardSnapshot TakeSnapshot() => _snapshots.Create(_policies);

    /// <summary>
    /// A slice of the newest weights, to send. While it is read, the next update writes to other memory.
    /// </summary>
    public TensorSlice Share(TransferDType type) => _weights.Share(type);

    /// <summary>The same, for a worker that computes its next gradient from it.</summary>
    public TensorSlice Share(TransferDType type, WorkerId worker)
    {
        if (!_fences.IsFenced(worker))
            _weights.Sent(worker.Node);
        return Share(type);
    }

    /// <summary>
    /// The positions whose gradients it takes from a worker's node at this version; null where it takes any,
    /// <see cref="SampleRange.None"/> where it takes none.
    /// </summary>
    public SampleRange? OpenTo(string node) => _steps.OpenTo(node);

    /// <summary>The weights to compute a part from; null while the part's step is not open.</summary>
    public (long Version, SampleRange? Step, bool IsApplied, TensorSlice Weights)? WeightsFor(
        WorkerId worker,
        SampleRange part,
        TransferDType type
    )
    {
        if (_steps.PreviousWith(part) is { } previous)
            return (Version - 1, previous.Step, false, previous.Weights.Share(type));
        var step = OpenTo(worker.Node);
        if (step is null || step.Value.Contains(part))
            return (Version, step, false, Share(type, worker));
        // After a change of consistency another shard may have refused the part: it is computed for that shard, and is
        // a duplicate here.
        return _applied.Contains(part) ? (Version, part, true, Share(type, worker)) : null;
    }

    /// <summary>
    /// The weights and their version at an epoch's end, and whether they are still kept: otherwise they are the newest.
    /// Null while the step that ends the epoch is open.
    /// </summary>
    /// <param name="epoch">The epoch; 0 for the newest.</param>
    /// <param name="type">Their transfer dtype.</param>
    public (long Version, bool IsOfEpoch, TensorSlice Weights)? WeightsAfter(int epoch, TransferDType type)
    {
        if (epoch == 0)
            return (Version, true, Share(type));
        if (_epochWeights.Find(epoch) is { } kept)
            return (kept.Version, true, kept.Weights.Share(type));
        if (_applied.CompleteEpochs >= epoch && !_epochWeights.HasSeen(epoch))
            return null;
        // After the last epoch nothing changes any more.
        return (Version, epoch == _job.Epochs && _applied.IsComplete, Share(type));
    }

    /// <summary>Releases the weights of earlier epochs.</summary>
    public void ForgetEpochsBefore(int epoch) => _epochWeights.ForgetBefore(epoch);

    /// <summary>Releases all memory: the shard ends.</summary>
    public void Release()
    {
        TakenSnapshot()?.Release();
        _epochWeights.ForgetBefore(int.MaxValue);
        _steps.Release();
        _weights.Release();
    }

    /// <summary>Changes the consistency model. The gradients of an incomplete step are applied first.</summary>
    /// <param name="consistency">The new model.</param>
    /// <param name="contributions">Gradients that complete a step, where there are backup workers, ≥ 1.</param>
    public void SetConsistency(ConsistencyOptions consistency, int contributions)
    {
        _policies.Contributions = contributions;
        if (consistency == _policies.Consistency)
        {
            _steps.SetContributions(contributions);
            CloseIfComplete();
            return;
        }
        _steps.Close();
        KeepEpochWeights();
        TakeSnapshotIfDue();
        _policies.Consistency = consistency;
        _weights.SetStaleness(_policies.StalenessInEffect);
        _steps.Open(consistency, contributions);
    }

    /// <inheritdoc cref="ShardPolicies.SetStaleness"/>
    public void SetStaleness(StalenessOptions staleness)
    {
        if (_policies.SetStaleness(staleness))
            _weights.SetStaleness(_policies.StalenessInEffect);
    }

    /// <summary>Refuses pushes of an incarnation that has ended, and of earlier ones.</summary>
    public void Fence(WorkerId past)
    {
        if (_fences.Fence(past))
            _weights.Forget(past.Node);
    }

    /// <summary>Refuses pushes of all incarnations up to this one, of every worker.</summary>
    public void FenceAll(long incarnation)
    {
        _fences.FenceAll(incarnation);
        _weights.ForgetAll();
    }

    /// <summary>Updates since a version.</summary>
    public long StalenessOf(long baseVersion) => Version - baseVersion;

    /// <summary>What the shard has applied, for the coordinator.</summary>
    public ShardProtocol.Counts GetCounts(long round = 0) => _applied.GetCounts(round, Index, Version);

    /// <summary>Judges a push and, where the verdict says so, applies it.</summary>
    /// <param name="part">The samples that it stands for.</param>
    /// <param name="worker">The worker that computed it.</param>
    /// <param name="baseVersion">The version that it was computed from.</param>
    /// <param name="gradient">The gradient.</param>
    /// <param name="untouched">Ranges without a gradient, in order: their parameters stay unchanged.</param>
    public Verdict Receive(
        SampleRange part,
        WorkerId worker,
        long baseVersion,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange>? untouched = null
    )
    {
        if (_fences.IsFenced(worker))
            return Verdict.Refuse(
                Refusal.PastIncarnation,
                $"incarnation {worker.Incarnation} of {worker.Node} has ended"
            );
        // A new incarnation ends the one before, also where the coordinator's fence comes later.
        Fence(worker with { Incarnation = worker.Incarnation - 1 });
        if (!_applied.AreInJob(part))
            return Verdict.Refuse(
                Refusal.UnknownSamples,
                $"the job has {Plural.Format(_job.Epochs, "epoch")} of {Plural.Format(_samples, "sample")}, "
                    + $"and no positions {part.Start} to {part.End - 1} in epoch {part.Epoch}"
            );
        return _applied.OverlapWith(part) switch
        {
            Overlap.Full => AcknowledgeDuplicate(worker, baseVersion),
            Overlap.Partial => Verdict.Refuse(
                Refusal.PartlyApplied,
                $"some of positions {part.Start} to {part.End - 1} of epoch {part.Epoch} were applied before"
            ),
            _ when !TensorPrimitives.IsFiniteAll(gradient) => Verdict.Refuse(
                Refusal.NotFinite,
                $"the gradient for positions {part.Start} to {part.End - 1} of epoch {part.Epoch} is not finite"
            ),
            _ when _steps.IsOpen => AddToStep(part, worker, baseVersion, gradient, untouched ?? []),
            _ => ApplyAtOnce(part, worker, baseVersion, gradient, untouched ?? []),
        };
    }

    private Verdict AcknowledgeDuplicate(WorkerId worker, long baseVersion)
    {
        _applied.Duplicates++;
        _steps.Excuse(worker, baseVersion);
        CloseIfComplete();
        return Verdict.Duplicate;
    }

    private Verdict ApplyAtOnce(
        SampleRange part,
        WorkerId worker,
        long baseVersion,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange> untouched
    )
    {
        var staleness = StalenessOf(baseVersion);
        var verdict = _policies.Policy.Judge(staleness);
        if (verdict.Kind != VerdictKind.Applied)
            return verdict;
        var scale = verdict.Scale * StepWeight.Compute(part, _job.PushSamples, _samples, _job.SmallestMicroBatch);
        _weights.ApplyPush(worker.Node, baseVersion, gradient, part.Count, scale, untouched);
        _applied.Add(part, worker, staleness);
        KeepEpochWeights();
        TakeSnapshotIfDue();
        return verdict;
    }

    private Verdict AddToStep(
        SampleRange part,
        WorkerId worker,
        long baseVersion,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange> untouched
    )
    {
        var verdict = _steps.Add(part, worker, baseVersion, gradient, untouched);
        CloseIfComplete();
        return verdict;
    }

    private void CloseIfComplete()
    {
        if (!_steps.IsComplete)
            return;
        _steps.Close();
        KeepEpochWeights();
        TakeSnapshotIfDue();
        _steps.Open(_policies.Consistency, _policies.Contributions);
    }

    private void TakeSnapshotIfDue() => _snapshots.TakeIfDue(_policies);

    // Only between two updates: the gradients of an open step are not in the weights yet.
    private void KeepEpochWeights() => _epochWeights.Completed(_applied.CompleteEpochs, Version, _weights.Buffer);
}
