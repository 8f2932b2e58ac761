using ActorTrain.Engines;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Staleness;

namespace ActorTrain.Worker;

/// <summary>One part from its gradient to its verdicts: computed, pushed to every shard, judged by each.</summary>
/// <param name="part">The part.</param>
/// <param name="run">The lease that it belongs to.</param>
/// <param name="versions">Each shard's version that the gradient is computed from, by index.</param>
/// <param name="gradient">Memory for the gradient.</param>
internal sealed class PartExchange(SampleRange part, LeaseRun run, IReadOnlyList<long> versions, TensorBuffer gradient)
{
    private readonly SortedSet<int> _awaited = [.. Enumerable.Range(0, versions.Count)];

    /// <summary>The part; only its first samples after its local steps were stopped early.</summary>
    public SampleRange Part { get; private set; } = part;

    public LeaseRun Run => run;

    public IReadOnlyList<long> Versions => versions;

    public TensorBuffer Gradient => gradient;

    /// <summary>
    /// Canceled when the gradient is not needed any more; null where it always is. Never disposed: a cancellation may
    /// come late, and it holds no resources.
    /// </summary>
    public CancellationTokenSource? Abandon { get; init; }

    /// <summary>Mean training loss over the part's samples, once it is computed.</summary>
    public double Loss { get; private set; }

    /// <summary>Ranges of the flat vector without a gradient, once it is computed.</summary>
    public IReadOnlyList<FlatRange> Untouched { get; private set; } = [];

    /// <summary>Time of the last push.</summary>
    public TimeSpan PushedAt { get; set; }

    /// <summary>Shards that have not answered.</summary>
    public IReadOnlyCollection<int> Awaited => _awaited;

    /// <summary>
    /// A shard's refusal, so that the part's samples are trained again; null where no shard refused it.
    /// </summary>
    public WorkerProtocol.RefusedPart? Refused { get; private set; }

    /// <summary>Whether any shard applied the part.</summary>
    public bool Applied { get; private set; }

    /// <summary>The gradient is computed.</summary>
    /// <param name="result">Loss and untouched parameters.</param>
    /// <param name="samples">Its samples: fewer than the part's where local steps were stopped early.</param>
    public void Computed(StepResult result, int samples)
    {
        (Loss, Untouched) = (result.Loss, result.Untouched ?? []);
        if (samples < Part.Count)
            Part = run.Shorten(Part, samples);
    }

    /// <summary>Records a verdict; one that is not awaited, since the push was sent twice, changes nothing.</summary>
    /// <returns>Whether it was awaited.</returns>
    public bool Judge(int shard, Verdict verdict)
    {
        if (!_awaited.Remove(shard))
            return false;
        if (verdict.Kind == VerdictKind.Refused)
            Refused ??= new WorkerProtocol.RefusedPart(Part, verdict.Refusal, verdict.Reason);
        Applied |= verdict.Kind == VerdictKind.Applied;
        return true;
    }
}
