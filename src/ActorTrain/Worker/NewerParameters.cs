using ActorTrain.Lane;
using ActorTrain.Parameters;

namespace ActorTrain.Worker;

/// <summary>
/// What the shards have sent since the engine last read: of each shard the newest version alone. Held where it arrived until the engine takes
/// it, since the engine may still compute from the version before.
/// </summary>
/// <param name="slices">Every shard's slice, by index.</param>
/// <param name="versions">Each shard's version that the engine has, by index.</param>
internal sealed class NewerParameters(IReadOnlyList<ShardSlice> slices, long[] versions)
{
    private readonly (long Version, TensorSlice? Values)[] _newest = new (long, TensorSlice?)[slices.Count];

    /// <summary>Keeps a shard's parameters, or lets them go where newer ones are here already.</summary>
    public void Offer(int shard, long version, TensorSlice values)
    {
        if (version <= Math.Max(versions[shard], _newest[shard].Version))
        {
            values.Release();
            return;
        }
        _newest[shard].Values?.Release();
        _newest[shard] = (version, values);
    }

    /// <summary>Hands over what is new, with the versions that the engine has then.</summary>
    public (IReadOnlyList<EngineActor.Fresh> Fresh, long[] Versions) Take()
    {
        var fresh = new List<EngineActor.Fresh>(slices.Count);
        for (var shard = 0; shard < slices.Count; shard++)
        {
            if (_newest[shard].Values is not { } values) continue;
            versions[shard] = _newest[shard].Version;
            fresh.Add(new EngineActor.Fresh(slices[shard].Offset, values));
            _newest[shard].Values = null;
        }
        return (fresh, [.. versions]);
    }

    /// <summary>Lets everything go.</summary>
    public void Release()
    {
        foreach (var (_, values) in _newest) values?.Release();
    }
}
