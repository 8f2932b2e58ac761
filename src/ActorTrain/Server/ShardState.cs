using System.Numerics.Tensors;
using ActorTrain.Balancing;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Staleness;
using ActorTrain.Worker;

namespace ActorTrain.Server;

/// <summary>
/// One shard's slice of the parameters with all that belongs to it: optimizer state, version, and the book of what it has applied.
/// Each position of an epoch changes the weights once, whoever computed it and however often it is sent.
/// </summary>
/// <param name="index">The shard's number, from 0.</param>
/// <param name="length">Parameters in it.</param>
/// <param name="samples">Training samples.</param>
/// <param name="job">Optimizer, schedule, batch and what a late gradient is worth.</param>
/// <param name="memory">Where its weights lie.</param>
internal sealed class ShardState(int index, int length, int samples, JobOptions job, TensorPool memory)
{
    private readonly IOptimizer _optimizer = Optimizer.Of(job.Optimizer, length);
    private readonly LearningRateSchedule _schedule = new(job.Schedule, job.Epochs, samples);
    private IStalenessPolicy _policy = StalenessPolicies.Of(job.Staleness);
    private TensorBuffer _weights = memory.Rent(length);
    private readonly PositionSet[] _applied = [.. Enumerable.Range(0, job.Epochs).Select(_ => new PositionSet())];
    private readonly Dictionary<string, long> _fences = [];
    private readonly Dictionary<string, (StalenessTally Staleness, long Samples)> _workers = [];
    private readonly StalenessTally _staleness = new();
    private long _fence = long.MinValue;
    private int _complete;
    private int _furthest;
    private long _samples;
    private long _duplicates;

    public int Index => index;

    public int Length => length;

    public long Version { get; private set; }

    public ReadOnlySpan<float> Weights => _weights.Values.Span;

    public void Initialize(ReadOnlySpan<float> weights) => weights.CopyTo(_weights.Values.Span);

    /// <summary>The weights as they are now, to be sent. The next update is made elsewhere for as long as they are read.</summary>
    public TensorSlice Share(PayloadType type) => _weights.Share(type);

    /// <summary>The shard ends.</summary>
    public void Release() => _weights.Release();

    /// <summary>A worker's life has ended: what comes of it, and of those before it, is refused.</summary>
    public void Fence(WorkerId past) => _fences[past.Node] = Math.Max(past.Incarnation, _fences.GetValueOrDefault(past.Node, long.MinValue));

    /// <summary>All lives up to this one have ended, whosever they were.</summary>
    public void FenceAll(long incarnation) => _fence = Math.Max(_fence, incarnation);

    /// <summary>Changes what a late gradient is worth.</summary>
    public void Govern(StalenessOptions staleness) => _policy = StalenessPolicies.Of(staleness);

    /// <summary>Updates since a version.</summary>
    public long StalenessOf(long baseVersion) => Version - baseVersion;

    /// <summary>Judges a push and, where the verdict says so, applies it.</summary>
    public Verdict Receive(LeasePart part, WorkerId worker, long baseVersion, ReadOnlySpan<float> gradient)
    {
        if (IsPast(worker)) return Verdict.Refuse(Refusal.PastLife, $"incarnation {worker.Incarnation} of {worker.Node} has ended");
        if (part.Epoch < 1 || part.Epoch > job.Epochs || part.Start < 0 || part.Count < 1 || part.End > samples)
            return Verdict.Refuse(
                Refusal.UnknownSamples, $"the job has {job.Epochs} epochs of {samples} samples, and no positions {part.Start} to {part.End - 1} in epoch {part.Epoch}");
        switch (_applied[part.Epoch - 1].OverlapWith(part.Start, part.End))
        {
            case Overlap.Full:
                _duplicates++;
                return Verdict.Duplicate;
            case Overlap.Partial:
                return Verdict.Refuse(Refusal.PartlyApplied, $"some of positions {part.Start} to {part.End - 1} of epoch {part.Epoch} were applied before");
            default:
                return Judge(part, worker, baseVersion, gradient);
        }
    }

    public ShardProtocol.Counted Count(long round = 0) => new(
        round, index, Version, _duplicates,
        CompleteEpochs(),
        // Nobody works on an epoch far ahead: those that are begun lie together.
        [.. _applied.Skip(_complete).TakeWhile((epoch, i) => epoch.Count > 0 || _complete + i < _furthest).SelectMany((epoch, i) => epoch.Stretches.Select(
            stretch => new LeasePart(_complete + i + 1, stretch.Start, stretch.End - stretch.Start)))],
        [.. _workers.OrderBy(worker => worker.Key, StringComparer.Ordinal).Select(worker => new ShardProtocol.WorkerCount(
            worker.Key, worker.Value.Samples, worker.Value.Staleness.Pushes, worker.Value.Staleness.Sum, worker.Value.Staleness.Max,
            worker.Value.Staleness.Histogram()))],
        _staleness.Histogram());

    private int CompleteEpochs()
    {
        while (_complete < job.Epochs && _applied[_complete].Count == samples) _complete++;
        return _complete;
    }

    // The first word of a new life ends the one before; the coordinator's fence may come later, and is then no news.
    private bool IsPast(WorkerId worker)
    {
        if (worker.Incarnation <= _fence || (_fences.TryGetValue(worker.Node, out var past) && worker.Incarnation <= past)) return true;
        _fences[worker.Node] = worker.Incarnation - 1;
        return false;
    }

    private Verdict Judge(LeasePart part, WorkerId worker, long baseVersion, ReadOnlySpan<float> gradient)
    {
        if (!TensorPrimitives.IsFiniteAll(gradient)) return Verdict.Refuse(Refusal.NotFinite, $"the gradient for positions {part.Start} to {part.End - 1} of epoch {part.Epoch} is not finite");
        var age = StalenessOf(baseVersion);
        var verdict = _policy.Judge(age);
        if (verdict.Kind != VerdictKind.Applied) return verdict;

        var rate = (float)(job.Optimizer.LearningRate * _schedule.FactorAt(_samples, part.Count));
        var updated = _weights.IsRead ? memory.Rent(length) : _weights;
        _optimizer.Apply(_weights.Values.Span, updated.Values.Span, gradient, rate, verdict.Scale * StepWeight.Of(part, job.Batch, samples));
        if (!ReferenceEquals(updated, _weights)) _weights.Release();
        _weights = updated;
        Version++;
        _samples += part.Count;
        _applied[part.Epoch - 1].Add(part.Start, part.End);
        _furthest = Math.Max(_furthest, part.Epoch);
        _staleness.Add(age);
        if (!_workers.TryGetValue(worker.Node, out var counts)) counts = (new StalenessTally(), 0);
        counts.Staleness.Add(age);
        _workers[worker.Node] = (counts.Staleness, counts.Samples + part.Count);
        return verdict;
    }
}
