using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Hands a job over before a node that has the coordinator or a shard leaves in order. At a clean cut every shard is
/// copied to its standby, so that the node that goes on has all that was trained, except what an open synchronous step
/// has gathered. Nothing is granted until the node has gone.
/// </summary>
/// <param name="scheduler">The job's leases.</param>
/// <param name="copies">The copies of its shards.</param>
/// <param name="snapshots">Sends the counts that belong to the copies.</param>
/// <param name="grants">Grants leases again if the node stays after all.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class Handover(
    LeaseScheduler scheduler,
    ShardCopies copies,
    TrainingSnapshots snapshots,
    LeaseGrants grants,
    Func<TimeSpan> clock
)
{
    // A node that has not gone by then was not stopped after all, or hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly HashSet<string> _names = [];
    private readonly HashSet<IActorRef> _waiting = [];

    // Null while no node is to leave.
    private TimeSpan? _askedAt;

    /// <summary>A node is to leave, and is told when it may.</summary>
    /// <param name="name">The node.</param>
    /// <param name="node">The actor that asks.</param>
    public void Begin(string name, IActorRef node)
    {
        _askedAt = clock();
        _names.Add(name);
        _waiting.Add(node);
        scheduler.BeginCut(this);
    }

    /// <summary>A lease has ended, counts or copies have arrived, or time has passed.</summary>
    public void Continue()
    {
        if (_askedAt is not { } askedAt)
            return;
        if (clock() - askedAt > Timeout)
        {
            End();
            return;
        }
        if (scheduler.Table.Grants.Count > 0 || scheduler.Table.InDoubt)
            return;
        foreach (var name in _names)
            copies.BeginLast(name);
        if (_waiting.Count == 0 || !copies.AreLastComplete)
            return;
        snapshots.Send();
        foreach (var node in _waiting)
            node.Tell(new NodeProtocol.MayLeave());
        _waiting.Clear();
    }

    private void End()
    {
        _askedAt = null;
        _names.Clear();
        _waiting.Clear();
        copies.GoOn();
        scheduler.EndCut(this, clock());
        grants.Grant();
    }
}
