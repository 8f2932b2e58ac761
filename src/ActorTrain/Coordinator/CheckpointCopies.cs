using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>One round of copies of all shards and of the buffers, for a checkpoint.</summary>
/// <param name="number">The number of the copies.</param>
/// <param name="receivers">Who gets them, by shard.</param>
internal sealed class CheckpointCopies(long number, IReadOnlyDictionary<int, IActorRef> receivers)
{
    private readonly HashSet<int> _taken = [];
    private readonly Dictionary<int, StandbyProtocol.Copied> _copied = [];

    public long Number => number;

    /// <summary>Whether every snapshot is taken: training goes on, and the copies travel.</summary>
    public bool AreTaken => _taken.Count == receivers.Count;

    /// <summary>Whether every copy has arrived.</summary>
    public bool HaveArrived => _copied.Count == receivers.Count;

    /// <summary>Whether all shards have applied the same positions.</summary>
    public bool AreOfOnePlace => ShardCopies.AreOfOnePlace(_copied.Values);

    /// <summary>Has the shards and buffers take their snapshots.</summary>
    /// <param name="placed">Where they are.</param>
    /// <param name="share">The part of the time that their copies may be on their way, above 0 to 1.</param>
    public void Begin(ShardPlacementActor.Placed placed, double share)
    {
        foreach (var (shard, receiver) in receivers)
        {
            var actor = shard == StandbyProtocol.Buffers ? placed.Buffers : placed.Shards[shard].Place.Shard;
            actor.Tell(new StandbyProtocol.CopyNow(number, receiver, share));
        }
    }

    public void Add(StandbyProtocol.Taken taken)
    {
        if (taken.Number == number)
            _taken.Add(taken.Shard);
    }

    public void Add(StandbyProtocol.Copied copied)
    {
        if (copied.Number != number)
            return;
        _taken.Add(copied.Shard);
        _copied[copied.Shard] = copied;
    }
}
