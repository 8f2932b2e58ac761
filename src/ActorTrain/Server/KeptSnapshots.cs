using ActorTrain.Protocol;

namespace ActorTrain.Server;

/// <summary>
/// The snapshots that a shard itself keeps, in a synchronous job with several shards: where one is lost, all go back
/// to a step of which every shard has a snapshot.
/// </summary>
internal sealed class KeptSnapshots
{
    private readonly List<(long Number, Snapshot Snapshot)> _kept = [];

    /// <summary>The snapshots, the newest last.</summary>
    public IReadOnlyList<StandbyActor.Copy> All =>
        [.. _kept.Select(kept => new StandbyActor.Copy(kept.Number, kept.Snapshot.Record))];

    /// <summary>Keeps a snapshot, and one before it.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="before">The number of the other; the newest where it is not kept.</param>
    public void Add(long number, Snapshot snapshot, long before)
    {
        RemoveAllBut(_kept.Exists(kept => kept.Number == before) ? before : _kept.LastOrDefault().Number);
        _kept.Add((number, snapshot.Retain()));
    }

    public Snapshot? Find(long number) => _kept.Find(kept => kept.Number == number).Snapshot;

    public void Release() => RemoveAllBut(0);

    private void RemoveAllBut(long number)
    {
        foreach (var past in _kept.Where(kept => kept.Number != number).ToList())
        {
            past.Snapshot.Release();
            _kept.Remove(past);
        }
    }
}
