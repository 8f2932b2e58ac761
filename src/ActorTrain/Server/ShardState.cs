using System.Numerics.Tensors;
using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Sentences;
using ActorTrain.Staleness;
using ActorTrain.Worker;

namespace ActorTrain.Server;

/// <summary>
/// One shard's slice of the parameters with all that belongs to it: optimizer state, version, and the book of what it
/// has applied. Each position of an epoch changes the weights once, whoever computed it and however often it is sent.
/// </summary>
/// <param name="index">The shard's number, from 0.</param>
/// <param name="length">Parameters in it.</param>
/// <param name="samples">Training samples.</param>
/// <param name="job">Optimizer, schedule, samples a push, what a late gradient is worth, and how the workers
/// march.</param>
/// <param name="memory">Where its weights lie.</param>
/// <param name="isOnly">Whether it is the job's only shard.</param>
internal sealed class ShardState(
    int index,
    int length,
    int samples,
    JobOptions job,
    TensorPool memory,
    bool isOnly = false
)
{
    private readonly FlatRange[] _all = [new FlatRange(0, length)];
    private readonly LearningRateSchedule _schedule = new(job.ShardSchedule, job.Epochs, samples);
    private IOptimizer _optimizer = Optimizer.Of(RuleOf(job, InEffect(job.Staleness, job.Consistency)), length);
    private StalenessOptions _governed = job.Staleness;
    private IStalenessPolicy _policy = StalenessPolicies.Of(job.Staleness);
    private LateGradients? _late = LateGradients.Under(InEffect(job.Staleness, job.Consistency), job, length);
    private TensorBuffer _weights = memory.Rent(length);
    private readonly PositionSet[] _applied = [.. Enumerable.Range(0, job.Epochs).Select(_ => new PositionSet())];
    private readonly Dictionary<string, long> _fences = [];
    private readonly Dictionary<(string Node, int Restarts), (StalenessTally Staleness, long Samples)> _workers = [];
    private readonly StalenessTally _staleness = new();
    private ConsistencyOptions _consistency = job.Consistency;
    private int _contributions = 1;
    private StepGathering? _step;
    private (LeasePart Step, TensorBuffer Weights)? _before;
    private readonly EpochWeights _epochWeights = new(job);
    private long _fence = long.MinValue;
    private int _complete;
    private int _furthest;
    private long _samples;
    private long _duplicates;

    public int Index => index;

    public int Length => length;

    public long Version { get; private set; }

    public ReadOnlySpan<float> Weights => _weights.Values.Span;

    public void Initialize(ReadOnlySpan<float> weights)
    {
        weights.CopyTo(_weights.Values.Span);
        OpenStep();
    }

    /// <summary>
    /// The weights as they are now, to be sent. The next update is made elsewhere for as long as they are read.
    /// </summary>
    public TensorSlice Share(PayloadType type) => _weights.Share(type);

    /// <summary>
    /// The positions whose gradients it takes of a worker's node at this version; null where it takes any,
    /// <see cref="LeasePart.None"/> where it takes none.
    /// </summary>
    public LeasePart? OpenTo(string node) => _step?.OpenTo(node);

    /// <summary>What a part is to be computed from; null while the step that it belongs to has not begun.</summary>
    public (long Version, LeasePart? Step, bool IsApplied, TensorSlice Weights)? WeightsFor(
        WorkerId worker,
        LeasePart part,
        PayloadType type
    )
    {
        // Another shard may lack it still: what it is computed from there is to be of the same step here.
        if (_before is { } before && before.Step.Contains(part))
            return (Version - 1, before.Step, false, before.Weights.Share(type));
        var step = OpenTo(worker.Node);
        if (step is null || step.Value.Contains(part))
            return (Version, step, false, Share(type, worker));
        // Where consistency was changed in between, another shard may have refused it: it is computed for that one, and
        // is a duplicate here.
        return IsApplied(part) ? (Version, part, true, Share(type, worker)) : null;
    }

    /// <summary>The same, for a worker to go on with.</summary>
    public TensorSlice Share(PayloadType type, WorkerId worker)
    {
        if (!HasEnded(worker))
            _late?.HandOut(worker.Node, Version, _weights);
        return Share(type);
    }

    /// <summary>
    /// The weights as they were when an epoch was complete, with their version, and whether they are those: they are
    /// the newest where the epoch's are not kept any more. Null while the step that ends the epoch is still gathered.
    /// </summary>
    /// <param name="epoch">The epoch; 0 for the newest.</param>
    /// <param name="type">As what they travel.</param>
    public (long Version, bool IsOfEpoch, TensorSlice Weights)? WeightsAfter(int epoch, PayloadType type)
    {
        if (epoch == 0)
            return (Version, true, Share(type));
        if (_epochWeights.Find(epoch) is { } kept)
            return (kept.Version, true, kept.Weights.Share(type));
        if (CompleteEpochs() >= epoch && !_epochWeights.HasSeen(epoch))
            return null;
        // After the last epoch nothing changes any more.
        return (Version, epoch == job.Epochs && CompleteEpochs() == job.Epochs, Share(type));
    }

    /// <summary>Weights of earlier epochs need not be kept.</summary>
    public void ForgetEpochsBefore(int epoch) => _epochWeights.ForgetBefore(epoch);

    /// <summary>The shard ends.</summary>
    public void Release()
    {
        _epochWeights.ForgetBefore(int.MaxValue);
        _late?.Release();
        _step?.Release();
        _before?.Weights.Release();
        _weights.Release();
    }

    /// <summary>Changes how the workers march. What has been gathered of a step is applied first.</summary>
    /// <param name="consistency">How.</param>
    /// <param name="contributions">Gradients that make a step, where there are backup workers, ≥ 1.</param>
    public void March(ConsistencyOptions consistency, int contributions)
    {
        _contributions = contributions;
        if (consistency == _consistency)
        {
            if (_step is not CountGathering counted)
                return;
            counted.Wanted = contributions;
            CloseIfComplete();
            return;
        }
        CloseStep();
        KeepCompleted();
        SetRule(_governed, consistency);
        OpenStep();
    }

    /// <summary>A worker's life has ended: what comes of it, and of those before it, is refused.</summary>
    public void Fence(WorkerId past)
    {
        if (past.Incarnation <= _fences.GetValueOrDefault(past.Node, long.MinValue))
            return;
        _fences[past.Node] = past.Incarnation;
        _late?.Forget(past.Node);
    }

    /// <summary>All lives up to this one have ended, whosever they were.</summary>
    public void FenceAll(long incarnation)
    {
        _fence = Math.Max(_fence, incarnation);
        _late?.ForgetAll();
    }

    /// <summary>
    /// Changes what a late gradient is worth. Another policy begins with nothing remembered, and so does an optimizer
    /// that it leaves something else to do.
    /// </summary>
    public void Govern(StalenessOptions staleness)
    {
        _policy = StalenessPolicies.Of(staleness);
        SetRule(staleness, _consistency);
    }

    /// <summary>Updates since a version.</summary>
    public long StalenessOf(long baseVersion) => Version - baseVersion;

    /// <summary>Judges a push and, where the verdict says so, applies it.</summary>
    /// <param name="part">What it stands for.</param>
    /// <param name="worker">Whose it is.</param>
    /// <param name="baseVersion">The version that it was computed from.</param>
    /// <param name="gradient">The gradient.</param>
    /// <param name="untouched">Stretches that have no gradient, in order: they stay as they are.</param>
    public Verdict Receive(
        LeasePart part,
        WorkerId worker,
        long baseVersion,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange>? untouched = null
    )
    {
        if (IsPast(worker))
            return Verdict.Refuse(Refusal.PastLife, $"incarnation {worker.Incarnation} of {worker.Node} has ended");
        if (part.Epoch < 1 || part.Epoch > job.Epochs || part.Start < 0 || part.Count < 1 || part.End > samples)
            return Verdict.Refuse(
                Refusal.UnknownSamples,
                $"the job has {Plural.Of(job.Epochs, "epoch")} of {Plural.Of(samples, "sample")}, "
                    + $"and no positions {part.Start} to {part.End - 1} in epoch {part.Epoch}"
            );
        switch (_applied[part.Epoch - 1].OverlapWith(part.Start, part.End))
        {
            case Overlap.Full:
                _duplicates++;
                if (_step is CountGathering counted && baseVersion == Version)
                {
                    counted.Excuse(worker.Node);
                    CloseIfComplete();
                }
                return Verdict.Duplicate;
            case Overlap.Partial:
                return Verdict.Refuse(
                    Refusal.PartlyApplied,
                    $"some of positions {part.Start} to {part.End - 1} of epoch {part.Epoch} were applied before"
                );
            default:
                return _step is { } step
                    ? Gather(step, part, worker, baseVersion, gradient, untouched ?? [])
                    : Judge(part, worker, baseVersion, gradient, untouched ?? []);
        }
    }

    public ShardProtocol.Counted Count(long round = 0) =>
        new(
            round,
            index,
            Version,
            _duplicates,
            CompleteEpochs(),
            // Nobody works on an epoch far ahead: those that are begun lie together.
            [
                .. _applied
                    .Skip(_complete)
                    .TakeWhile((epoch, i) => epoch.Count > 0 || _complete + i < _furthest)
                    .SelectMany(
                        (epoch, i) =>
                            epoch.Stretches.Select(stretch => new LeasePart(
                                _complete + i + 1,
                                stretch.Start,
                                stretch.End - stretch.Start
                            ))
                    ),
            ],
            [
                .. _workers
                    .OrderBy(worker => worker.Key.Node, StringComparer.Ordinal)
                    .ThenBy(worker => worker.Key.Restarts)
                    .Select(worker => new ShardProtocol.WorkerCount(
                        worker.Key.Node,
                        worker.Key.Restarts,
                        worker.Value.Samples,
                        worker.Value.Staleness.Pushes,
                        worker.Value.Staleness.Sum,
                        worker.Value.Staleness.Max,
                        worker.Value.Staleness.Histogram()
                    )),
            ],
            _staleness.Histogram()
        );

    private int CompleteEpochs()
    {
        while (_complete < job.Epochs && _applied[_complete].Count == samples)
            _complete++;
        return _complete;
    }

    // The first word of a new life ends the one before; the coordinator's fence may come later, and is then no news.
    private bool IsPast(WorkerId worker)
    {
        if (HasEnded(worker))
            return true;
        Fence(worker with { Incarnation = worker.Incarnation - 1 });
        return false;
    }

    private bool HasEnded(WorkerId worker) =>
        worker.Incarnation <= _fence || (_fences.TryGetValue(worker.Node, out var past) && worker.Incarnation <= past);

    private Verdict Judge(
        LeasePart part,
        WorkerId worker,
        long baseVersion,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange> untouched
    )
    {
        if (!TensorPrimitives.IsFiniteAll(gradient))
            return NotFinite(part);
        var age = StalenessOf(baseVersion);
        var verdict = _policy.Judge(age);
        if (verdict.Kind != VerdictKind.Applied)
            return verdict;

        var scale = verdict.Scale * StepWeight.Of(part, job.PushSamples, samples, job.LeastMicroBatch);
        var touched = TouchedBut(untouched);
        if (_late is null)
            Update(gradient, part.Count, scale, touched);
        else
            Update(
                _late.Compensate(worker.Node, baseVersion, gradient, scale, Version, _weights.Values.Span, touched),
                part.Count,
                scale: 1,
                touched
            );
        Note(part, worker, age);
        KeepCompleted();
        return verdict;
    }

    private Verdict Gather(
        StepGathering step,
        LeasePart part,
        WorkerId worker,
        long baseVersion,
        ReadOnlySpan<float> gradient,
        IReadOnlyList<FlatRange> untouched
    )
    {
        if (!TensorPrimitives.IsFiniteAll(gradient))
            return NotFinite(part);
        if (baseVersion != Version)
            return Verdict.Refuse(
                Refusal.StepClosed,
                $"it was computed from version {baseVersion}, and the step of version {Version} is gathered"
            );
        if (step is StretchGathering { Step: var stretch } && !stretch.Contains(part))
            return Verdict.Refuse(
                Refusal.StepClosed,
                $"positions {stretch.Start} to {stretch.End - 1} of epoch {stretch.Epoch} are gathered"
            );
        if (step.OpenTo(worker.Node) == LeasePart.None)
            return Verdict.Refuse(Refusal.StepClosed, "its worker's gradient for this step is here already");
        step.Add(part, worker.Node, gradient, untouched);
        Note(part, worker, age: 0);
        CloseIfComplete();
        return Verdict.Applied;
    }

    private void SetRule(StalenessOptions staleness, ConsistencyOptions consistency)
    {
        var (was, now) = (InEffect(_governed, _consistency), InEffect(staleness, consistency));
        if (RuleOf(job, was) != RuleOf(job, now))
            _optimizer = Optimizer.Of(RuleOf(job, now), length);
        if ((was.Policy, was.Compensation) != (now.Policy, now.Compensation))
        {
            _late?.Release();
            _late = LateGradients.Under(now, job, length);
        }
        (_governed, _consistency) = (staleness, consistency);
    }

    // Of what is gathered nothing is late.
    private static StalenessOptions InEffect(StalenessOptions staleness, ConsistencyOptions consistency) =>
        consistency.Mode == ConsistencyMode.Synchronous
            ? staleness with
            {
                Policy = StalenessPolicy.Accept,
            }
            : staleness;

    private static OptimizerOptions RuleOf(JobOptions job, StalenessOptions staleness) =>
        GradientCompensations.OptimizerUnder(staleness.Policy, job.ShardOptimizer);

    private static Verdict NotFinite(LeasePart part) =>
        Verdict.Refuse(
            Refusal.NotFinite,
            $"the gradient for positions {part.Start} to {part.End - 1} of epoch {part.Epoch} is not finite"
        );

    private void CloseIfComplete()
    {
        // At the job's end there may be fewer gradients than make a step.
        if (_step is not { Contributions: > 0 } step || !(step.IsComplete || CompleteEpochs() == job.Epochs))
            return;
        CloseStep();
        KeepCompleted();
        OpenStep();
    }

    // Only between two updates: what is gathered of a step is not in the weights yet.
    private void KeepCompleted() => _epochWeights.Completed(CompleteEpochs(), Version, _weights);

    private void CloseStep()
    {
        _before?.Weights.Release();
        _before = null;
        if (_step is not { } step)
            return;
        _step = null;
        if (step.Contributions > 0)
        {
            var weights = _weights;
            var keeps = !isOnly && step is StretchGathering { IsComplete: true };
            Update(step.Mean(), step.Samples, scale: 1, TouchedBut(step.Untouched), keeps);
            if (keeps)
                _before = (((StretchGathering)step).Step, weights);
        }
        step.Release();
    }

    private void OpenStep()
    {
        if (
            _consistency.Mode != ConsistencyMode.Synchronous
            || CompleteEpochs() is var complete && complete == job.Epochs
        )
            return;
        if (_consistency.Synchronous.BackupWorkers > 0)
        {
            _step = new CountGathering(_contributions, length, memory);
            return;
        }
        var stretch = new StepGrid(_consistency.Synchronous.GlobalBatch, samples, job.LeastMicroBatch).StepOf(
            complete + 1,
            _applied[complete].FirstMissing
        );
        _step = new StretchGathering(
            stretch,
            _applied[complete].MissingFrom(stretch.Start, stretch.End),
            length,
            memory
        );
    }

    private bool IsApplied(LeasePart part) =>
        part.Epoch >= 1
        && part.Epoch <= job.Epochs
        && part.Count > 0
        && _applied[part.Epoch - 1].OverlapWith(part.Start, part.End) == Overlap.Full;

    private FlatRange[] TouchedBut(IReadOnlyList<FlatRange> untouched) =>
        untouched.Count == 0 ? _all : FlatRange.Without(length, untouched);

    private void Update(ReadOnlySpan<float> gradient, int count, float scale, FlatRange[] touched, bool keeps = false)
    {
        var rate = (float)(job.ShardOptimizer.LearningRate * _schedule.FactorAt(_samples, count));
        var updated = keeps || _weights.IsRead || _late is { ComparesVersions: true } ? memory.Rent(length) : _weights;
        // What has no gradient stays; elsewhere it has to be copied for that.
        if (!ReferenceEquals(touched, _all) && !ReferenceEquals(updated, _weights))
            _weights.Values.CopyTo(updated.Values);
        _optimizer.Apply(_weights.Values.Span, updated.Values.Span, gradient, rate, scale, touched);
        _late?.Updated(_weights.Values.Span, updated.Values.Span, rate, touched);
        if (!keeps && !ReferenceEquals(updated, _weights))
            _weights.Release();
        _weights = updated;
        Version++;
        _samples += count;
    }

    private void Note(LeasePart part, WorkerId worker, long age)
    {
        _applied[part.Epoch - 1].Add(part.Start, part.End);
        _furthest = Math.Max(_furthest, part.Epoch);
        _staleness.Add(age);
        var key = (worker.Node, worker.Restarts);
        if (!_workers.TryGetValue(key, out var counts))
            counts = (new StalenessTally(), 0);
        counts.Staleness.Add(age);
        _workers[key] = (counts.Staleness, counts.Samples + part.Count);
    }
}
