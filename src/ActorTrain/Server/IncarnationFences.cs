using ActorTrain.Protocol;

namespace ActorTrain.Server;

/// <summary>Which incarnations of workers have ended, so that a shard refuses their pushes.</summary>
internal sealed class IncarnationFences
{
    private readonly Dictionary<string, long> _byNode = [];
    private long _all = long.MinValue;

    /// <summary>Fences an incarnation of a worker and all earlier ones.</summary>
    /// <returns>Whether this fences more than before; a late fence does not.</returns>
    public bool Fence(WorkerId past)
    {
        if (past.Incarnation <= _byNode.GetValueOrDefault(past.Node, long.MinValue))
            return false;
        _byNode[past.Node] = past.Incarnation;
        return true;
    }

    /// <summary>Fences all incarnations up to this one, of every worker.</summary>
    public void FenceAll(long incarnation) => _all = Math.Max(_all, incarnation);

    /// <summary>Whether a worker's incarnation has ended.</summary>
    public bool IsFenced(WorkerId worker) =>
        worker.Incarnation <= _all || (_byNode.TryGetValue(worker.Node, out var past) && worker.Incarnation <= past);
}
