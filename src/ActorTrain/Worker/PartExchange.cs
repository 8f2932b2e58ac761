using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Staleness;

namespace ActorTrain.Worker;

/// <summary>One part's way: computed from some versions, pushed to every shard, judged by each.</summary>
/// <param name="part">The part.</param>
/// <param name="run">The lease that it is of.</param>
/// <param name="versions">Each shard's version that the gradient is computed from, by index.</param>
/// <param name="gradient">Where the gradient is.</param>
internal sealed class PartExchange(LeasePart part, LeaseRun run, IReadOnlyList<long> versions, TensorBuffer gradient)
{
    private readonly SortedSet<int> _awaited = [.. Enumerable.Range(0, versions.Count)];

    /// <summary>The part; the first samples of it once it was curtailed.</summary>
    public LeasePart Part { get; private set; } = part;

    public LeaseRun Run => run;

    public IReadOnlyList<long> Versions => versions;

    public TensorBuffer Gradient => gradient;

    /// <summary>
    /// Asked for when nobody wants the gradient any more; null where that cannot be. Never disposed: who asks may be
    /// late, and it holds nothing.
    /// </summary>
    public CancellationTokenSource? Abandon { get; init; }

    /// <summary>Mean training loss over the part's samples, once it is computed.</summary>
    public double Loss { get; private set; }

    /// <summary>Stretches of the flat vector that have no gradient, once it is computed.</summary>
    public IReadOnlyList<FlatRange> Untouched { get; private set; } = [];

    /// <summary>Time of the last push.</summary>
    public TimeSpan PushedAt { get; set; }

    /// <summary>Shards that have not answered.</summary>
    public IReadOnlyCollection<int> Awaited => _awaited;

    /// <summary>Why a shard refused the part, so that its samples are still to be done; null when none did.</summary>
    public WorkerProtocol.RefusedPart? Refused { get; private set; }

    /// <summary>Whether any shard applied the part.</summary>
    public bool Applied { get; private set; }

    /// <summary>It is computed.</summary>
    /// <param name="result">What was seen.</param>
    /// <param name="samples">Its samples: fewer where it was curtailed.</param>
    public void Computed(StepResult result, int samples)
    {
        (Loss, Untouched) = (result.Loss, result.Untouched ?? []);
        if (samples < Part.Count)
            Part = run.Shorten(Part, samples);
    }

    /// <summary>Takes a verdict in; one that is not awaited (the push had been sent twice) changes nothing.</summary>
    /// <returns>Whether it was awaited.</returns>
    public bool Take(int shard, Verdict verdict)
    {
        if (!_awaited.Remove(shard))
            return false;
        if (verdict.Kind == VerdictKind.Refused)
            Refused ??= new WorkerProtocol.RefusedPart(Part, verdict.Refusal, verdict.Reason);
        Applied |= verdict.Kind == VerdictKind.Applied;
        return true;
    }
}
