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
    // A node that is not gone by then was not stopped after all, or hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly List<IActorRef> _nodes = [];
    private Stage _stage = Stage.None;
    private TimeSpan _began;

    private enum Stage
    {
        None,
        Cutting,
        Copying,
        Over,
    }

    /// <summary>A node is to leave; it is told when the copies are complete.</summary>
    /// <param name="node">The node's actor.</param>
    public void Begin(IActorRef node)
    {
        if (!copies.AreWanted || _stage == Stage.Over)
        {
            node.Tell(new NodeProtocol.MayLeave());
            return;
        }
        _nodes.Add(node);
        if (scheduler.BeginCut(this))
            (_stage, _began) = (Stage.Cutting, clock());
    }

    /// <summary>A lease has ended, counts or copies have arrived, or time has passed.</summary>
    public void Continue()
    {
        if (_stage != Stage.None && clock() - _began > Timeout)
            End();
        if (_stage == Stage.Cutting && scheduler.Table is { Grants.Count: 0, InDoubt: false })
        {
            _stage = Stage.Copying;
            copies.BeginLast();
        }
        if (_stage != Stage.Copying || !copies.AreLastComplete)
            return;
        _stage = Stage.Over;
        snapshots.Send();
        foreach (var node in _nodes)
            node.Tell(new NodeProtocol.MayLeave());
    }

    private void End()
    {
        _stage = Stage.None;
        _nodes.Clear();
        copies.GoOn();
        if (scheduler.EndCut(this, clock()))
            grants.Grant();
    }
}
