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
internal sealed class ShardState(
    int index, int length, int epochs, float learningRate, IOptimizer optimizer, LearningRateSchedule schedule, IStalenessPolicy staleness,
    TensorPool memory)
{
    private TensorBuffer _weights = memory.Rent(length);
    private readonly PositionSet[] _applied = [.. Enumerable.Range(0, epochs).Select(_ => new PositionSet())];
    private readonly Dictionary<string, long> _incarnations = [];
    private readonly SortedDictionary<string, (StalenessTally Staleness, long Samples)> _workers = [];
    private readonly StalenessTally _staleness = new();
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

    /// <summary>Judges a push and, where the verdict says so, applies it.</summary>
    public Verdict Receive(LeasePart part, WorkerId worker, long baseVersion, ReadOnlySpan<float> gradient)
    {
        if (IsPast(worker)) return Verdict.Refuse($"{worker.Node} has begun a new life since; this push is of incarnation {worker.Incarnation}");
        if (part.Epoch < 1 || part.Epoch > epochs || part.Start < 0 || part.Count < 1)
            return Verdict.Refuse($"the job has {epochs} epochs, and no positions {part.Start} to {part.End - 1} in epoch {part.Epoch}");
        switch (_applied[part.Epoch - 1].OverlapWith(part.Start, part.End))
        {
            case Overlap.Full:
                _duplicates++;
                return Verdict.Duplicate;
            case Overlap.Partial:
                return Verdict.Refuse($"some of positions {part.Start} to {part.End - 1} of epoch {part.Epoch} were applied before");
            default:
                return Judge(part, worker, baseVersion, gradient);
        }
    }

    public ShardProtocol.Counted Count(long round = 0) => new(
        round, index, Version, _duplicates,
        [.. _applied.Select(epoch => (long)epoch.Count)],
        [.. _workers.Select(worker => new ShardProtocol.WorkerCount(
            worker.Key, worker.Value.Samples, worker.Value.Staleness.Pushes, worker.Value.Staleness.Sum, worker.Value.Staleness.Max))],
        _staleness.Histogram());

    private bool IsPast(WorkerId worker)
    {
        if (_incarnations.TryGetValue(worker.Node, out var newest) && newest > worker.Incarnation) return true;
        _incarnations[worker.Node] = worker.Incarnation;
        return false;
    }

    private Verdict Judge(LeasePart part, WorkerId worker, long baseVersion, ReadOnlySpan<float> gradient)
    {
        var age = Version - baseVersion;
        var verdict = staleness.Judge(age);
        if (verdict.Kind != VerdictKind.Applied) return verdict;

        var factor = (float)(learningRate * schedule.FactorAt(_samples, part.Count));
        var updated = _weights.IsRead ? memory.Rent(length) : _weights;
        optimizer.Apply(_weights.Values.Span, updated.Values.Span, gradient, factor, verdict.Scale);
        if (!ReferenceEquals(updated, _weights)) _weights.Release();
        _weights = updated;
        Version++;
        _samples += part.Count;
        _applied[part.Epoch - 1].Add(part.Start, part.End);
        _staleness.Add(age);
        if (!_workers.TryGetValue(worker.Node, out var counts)) counts = (new StalenessTally(), 0);
        counts.Staleness.Add(age);
        _workers[worker.Node] = (counts.Staleness, counts.Samples + part.Count);
        return verdict;
    }
}
