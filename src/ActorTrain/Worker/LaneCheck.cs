using ActorTrain.Lane;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>
/// Checks the tensor lane to a job's servers, and replies to the coordinator: also to one that asks while the check is
/// under way, since the reply so far may be lost or may have gone to another coordinator.
/// </summary>
/// <param name="jobId">The job.</param>
/// <param name="lane">The tensor lane.</param>
internal sealed class LaneCheck(string jobId, ITensorLane lane)
{
    private IActorRef _probe = ActorRefs.Nobody;
    private IActorRef[] _servers = [];
    private string? _trouble;

    /// <summary>Starts a check, or repeats the result so far to the coordinator.</summary>
    public void Start(WorkerProtocol.CheckLane check, IActorRef coordinator, IActorContext actor)
    {
        if (!_probe.IsNobody() && check.Servers.SequenceEqual(_servers))
        {
            if (_trouble is not null)
                coordinator.Tell(new WorkerProtocol.LaneChecked(jobId, _trouble), actor.Self);
            return;
        }
        actor.Stop(_probe);
        (_servers, _trouble) = (check.Servers, null);
        _probe = actor.ActorOf(LaneProbeActor.Props(lane, check.Servers, bothWays: true));
    }

    /// <summary>The check has passed.</summary>
    public WorkerProtocol.LaneChecked Passed()
    {
        _probe = ActorRefs.Nobody;
        return new WorkerProtocol.LaneChecked(jobId, Trouble: null);
    }

    /// <summary>The check fails so far, for a reason.</summary>
    public WorkerProtocol.LaneChecked Failing(string reason)
    {
        _trouble = reason;
        return new WorkerProtocol.LaneChecked(jobId, reason);
    }
}
