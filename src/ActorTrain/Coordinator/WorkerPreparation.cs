using ActorTrain.Job;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Has the workers of a job load their engines and test the tensor lane, refuses those that do not fit, and hands the
/// others over to training.
/// </summary>
/// <param name="start">The job.</param>
/// <param name="training">Gets the ready workers, and the events about them.</param>
/// <param name="nodeOf">The name of an actor's node.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class WorkerPreparation(
    JobStart start,
    JobTraining training,
    Func<IActorRef, string> nodeOf,
    Func<TimeSpan> clock
)
{
    // A server may be about to join; one that was lost may not come back.
    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(10);
    private readonly WorkerReadiness _readiness = start.Readiness;
    private readonly TimeSpan _beganAt = clock();

    /// <summary>Why the job cannot begin: every worker has failed, or there are too few for too long. Null while it
    /// can.</summary>
    public string? Hopeless =>
        start.IsInterrupted ? null
        : _readiness.Hopeless is { } cause ? cause
        : !_readiness.Enough && Limit > TimeSpan.Zero && clock() - _beganAt > Limit
            ? JobFailures.TooFewWorkers(_readiness.Waiting, Limit)
        : null;

    private TimeSpan Limit => start.Job.MinimumWorkersTimeout;

    public void Joined(NodeProtocol.NodeJoined joined, JobOptions job)
    {
        // A job that begins once more has nothing of before on any node.
        if (start.Adopted is null)
        {
            joined.Node.Worker?.Tell(new WorkerProtocol.Close(start.JobId));
            joined.Node.Server?.Tell(new ServerProtocol.Close(start.JobId));
        }
        _readiness.Joined(joined, clock());
        joined.Node.Worker?.Tell(new WorkerProtocol.Prepare(start.JobId, job));
        Settle(job);
    }

    public void Prepared(WorkerProtocol.Prepared prepared, IActorRef worker, JobOptions job)
    {
        _readiness.Prepared(nodeOf(worker), worker, prepared, clock());
        Settle(job);
    }

    public void LaneChecked(WorkerProtocol.LaneChecked check, IActorRef worker)
    {
        var node = nodeOf(worker);
        if (_readiness.LaneChecked(node, check.Trouble))
            training.Raise(WorkerEvents.LaneBroken(node, check.Trouble!));
    }

    public void Failed(WorkerProtocol.CannotPrepare failure, IActorRef worker)
    {
        var node = nodeOf(worker);
        _readiness.Failed(node, failure.Reason);
        training.Raise(WorkerEvents.Refused(node, failure.Reason));
        training.Tell(new JobTrainingProtocol.CannotReturn(node, failure.Reason));
    }

    /// <summary>Refuses the prepared workers that do not fit, and asks again those that have not answered.</summary>
    public void Settle(JobOptions job)
    {
        _readiness.PromotesStandbys = clock() - _beganAt > ServerTimeout;
        foreach (var (node, worker, reason) in _readiness.Settle(clock()))
        {
            training.Raise(WorkerEvents.Refused(node, reason));
            worker.Tell(new WorkerProtocol.Refuse(reason));
        }
        var (workers, servers) = _readiness.TakeUnchecked(clock());
        foreach (var worker in workers)
            worker.Tell(new WorkerProtocol.CheckLane(servers));
        foreach (var worker in _readiness.TakeSilent(clock()))
            worker.Tell(new WorkerProtocol.Prepare(start.JobId, job));
    }

    // All workers compute the same starting weights from the seed, and a shard takes the first it gets: every ready
    // worker is asked, so that the loss of one delays nothing.
    public void RequestStartingWeights(ShardPlacementActor.Placed? placed)
    {
        if (placed is null)
            return;
        foreach (var candidate in _readiness.TakeForStartingWeights())
            candidate.Worker.Tell(new WorkerProtocol.Initialize(placed.Places, placed.Buffers));
    }

    public void HandOverReady()
    {
        foreach (var (host, worker, device, measured) in _readiness.TakeReady())
            training.Tell(new JobTrainingProtocol.Join(host, worker, device, measured));
    }
}
