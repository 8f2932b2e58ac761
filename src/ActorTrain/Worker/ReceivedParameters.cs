using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;

namespace ActorTrain.Worker;

/// <summary>
/// The newest parameters that each shard has sent since the engine last read, with the positions that they are for.
/// They stay in the memory in which they arrived until the engine copies them, since it may still compute from the
/// version before.
/// </summary>
/// <param name="slices">Every shard's slice, by index.</param>
/// <param name="versions">Each shard's version that the engine has, by index.</param>
/// <param name="steps">The positions that each shard takes gradients for at that version, by index; null where it takes
/// any.</param>
internal sealed class ReceivedParameters(IReadOnlyList<ShardSlice> slices, long[] versions, SampleRange?[] steps)
{
    private readonly (long Version, TensorSlice? Values)[] _latest =
    [
        .. versions.Select(version => (version, (TensorSlice?)null)),
    ];

    /// <summary>The shards that do not take a part's gradient, computed from what they have sent so far.</summary>
    public IEnumerable<int> NotFor(SampleRange part) =>
        Enumerable.Range(0, slices.Count).Where(shard => !Takes(shard, part));

    /// <summary>Whether every shard takes a part's gradient.</summary>
    public bool AreFor(SampleRange part)
    {
        for (var shard = 0; shard < slices.Count; shard++)
            if (!Takes(shard, part))
                return false;
        return true;
    }

    /// <summary>
    /// No part is computed from these parameters: every shard has to send newer ones first.
    /// </summary>
    public void Outdate() => Array.Fill(steps, SampleRange.None);

    /// <summary>Keeps a shard's parameters after a push, or releases them where newer ones are here already.</summary>
    public void Offer(int shard, long version, SampleRange? step, TensorSlice values)
    {
        if (version >= _latest[shard].Version)
            steps[shard] = step;
        if (version <= _latest[shard].Version || values.Length == 0)
            values.Release();
        else
            Put(shard, version, step, values);
    }

    /// <summary>
    /// Keeps the parameters that a shard sent for an awaited part, also where they are of the step before.
    /// </summary>
    public void Put(int shard, long version, SampleRange? step, TensorSlice values)
    {
        _latest[shard].Values?.Release();
        (_latest[shard], steps[shard]) = ((version, values), step);
    }

    /// <summary>Hands over the new parameters, with the versions that the engine has then.</summary>
    public (IReadOnlyList<EngineProtocol.NewParameters> New, long[] Versions) Take()
    {
        var added = new List<EngineProtocol.NewParameters>(slices.Count);
        for (var shard = 0; shard < slices.Count; shard++)
        {
            if (_latest[shard].Values is not { } values)
                continue;
            versions[shard] = _latest[shard].Version;
            added.Add(new EngineProtocol.NewParameters(slices[shard].Offset, values));
            _latest[shard].Values = null;
        }
        return (added, [.. versions]);
    }

    /// <summary>Releases all parameters.</summary>
    public void Release()
    {
        foreach (var (_, values) in _latest)
            values?.Release();
    }

    private bool Takes(int shard, SampleRange part) => steps[shard] is not { } step || step.Contains(part);
}
