using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Staleness;

namespace ActorTrain.Worker;

/// <summary>One part's push to every shard: which have answered, what they said, and the parameters that came back.</summary>
/// <param name="slices">Every shard's slice, by index.</param>
/// <param name="parameters">The engine's flat parameters, which the answers are copied into.</param>
/// <param name="versions">Each shard's version that <paramref name="parameters"/> are of, by index.</param>
internal sealed class PartExchange(IReadOnlyList<ShardSlice> slices, Memory<float> parameters, long[] versions)
{
    private readonly HashSet<int> _awaited = [];

    public LeasePart Part { get; private set; }

    /// <summary>Version of each shard that the gradient under way was computed from.</summary>
    public IReadOnlyList<long> Versions => versions;

    public IReadOnlyCollection<int> Awaited => _awaited;

    /// <summary>Whether any shard refused the part, so that its samples are still to be done.</summary>
    public bool Refused { get; private set; }

    /// <summary>Whether any shard applied the part.</summary>
    public bool Applied { get; private set; }

    public void Begin(LeasePart part)
    {
        (Part, Refused, Applied) = (part, false, false);
        _awaited.UnionWith(slices.Select(slice => slice.Index));
    }

    /// <summary>Takes an answer in; one that is not awaited (the push had been sent twice) changes nothing.</summary>
    /// <returns>Whether this was the last answer awaited.</returns>
    public bool Take(int shard, LeasePart part, Verdict verdict, long version, ReadOnlySpan<float> values)
    {
        if (part != Part || !_awaited.Remove(shard)) return false;
        Refused |= verdict.Kind == VerdictKind.Refused;
        Applied |= verdict.Kind == VerdictKind.Applied;
        values.CopyTo(parameters.Span.Slice(slices[shard].Offset, slices[shard].Length));
        versions[shard] = version;
        return _awaited.Count == 0;
    }
}
