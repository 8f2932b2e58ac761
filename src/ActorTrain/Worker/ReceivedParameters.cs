using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;

namespace ActorTrain.Worker;

/// <summary>
/// What the shards have sent since the engine last read: of each shard the latest word alone, with the positions that
/// it is for. Held where it arrived until the engine takes it, since the engine may still compute from the version
/// before.
/// </summary>
/// <param name="slices">Every shard's slice, by index.</param>
/// <param name="versions">Each shard's version that the engine has, by index.</param>
/// <param name="steps">The positions that each shard takes gradients for at that version, by index; null where it takes
/// any.</param>
internal sealed class ReceivedParameters(IReadOnlyList<ShardSlice> slices, long[] versions, LeasePart?[] steps)
{
    private readonly (long Version, TensorSlice? Values)[] _latest =
    [
        .. versions.Select(version => (version, (TensorSlice?)null)),
    ];

    /// <summary>The shards that do not take a part's gradient, computed from what they have sent so far.</summary>
    public IEnumerable<int> NotFor(LeasePart part) =>
        Enumerable.Range(0, slices.Count).Where(shard => !Takes(shard, part));

    /// <summary>Whether every shard takes a part's gradient.</summary>
    public bool AreFor(LeasePart part)
    {
        for (var shard = 0; shard < slices.Count; shard++)
            if (!Takes(shard, part))
                return false;
        return true;
    }

    /// <summary>
    /// Nothing is computed from what is here before every shard has sent the parameters that a part is to be computed
    /// from.
    /// </summary>
    public void Outdate() => Array.Fill(steps, LeasePart.None);

    /// <summary>Keeps a shard's parameters after a push, or lets them go where newer ones are here already.</summary>
    public void Offer(int shard, long version, LeasePart? step, TensorSlice values)
    {
        if (version >= _latest[shard].Version)
            steps[shard] = step;
        if (version <= _latest[shard].Version || values.Length == 0)
            values.Release();
        else
            Put(shard, version, step, values);
    }

    /// <summary>
    /// Keeps the parameters that a shard wants a part to be computed from: those of the step before, too.
    /// </summary>
    public void Put(int shard, long version, LeasePart? step, TensorSlice values)
    {
        _latest[shard].Values?.Release();
        (_latest[shard], steps[shard]) = ((version, values), step);
    }

    /// <summary>Hands over what is new, with the versions that the engine has then.</summary>
    public (IReadOnlyList<EngineActor.Fresh> Fresh, long[] Versions) Take()
    {
        var fresh = new List<EngineActor.Fresh>(slices.Count);
        for (var shard = 0; shard < slices.Count; shard++)
        {
            if (_latest[shard].Values is not { } values)
                continue;
            versions[shard] = _latest[shard].Version;
            fresh.Add(new EngineActor.Fresh(slices[shard].Offset, values));
            _latest[shard].Values = null;
        }
        return (fresh, [.. versions]);
    }

    /// <summary>Lets everything go.</summary>
    public void Release()
    {
        foreach (var (_, values) in _latest)
            values?.Release();
    }

    private bool Takes(int shard, LeasePart part) => steps[shard] is not { } step || step.Contains(part);
}
