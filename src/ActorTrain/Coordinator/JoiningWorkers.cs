using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>How workers join training: each with a new incarnation, also after its node did not answer.</summary>
/// <param name="job">What is trained.</param>
/// <param name="record">The job's workers.</param>
/// <param name="incarnations">The incarnations of the workers.</param>
/// <param name="scheduler">The job's leases.</param>
/// <param name="placed">Where the shards are.</param>
/// <param name="lost">Ends the incarnation before.</param>
/// <param name="evaluations">The evaluations, which may wait for a worker.</param>
/// <param name="events">The job's events.</param>
/// <param name="watcher">The training actor, which gets <see cref="Stopped"/> when a worker stops.</param>
internal sealed class JoiningWorkers(
    JobOptions job,
    JobRecord record,
    WorkerIncarnations incarnations,
    LeaseScheduler scheduler,
    ShardPlacementActor.Placed placed,
    LostWorkers lost,
    EpochEvaluations evaluations,
    TrainingEvents events,
    ICanWatch watcher
)
{
    /// <summary>A worker's actor has stopped.</summary>
    public sealed record Stopped(WorkerId Worker);

    public void Join(JobTrainingProtocol.Join join)
    {
        if (record.Workers.TryGetValue(join.Host.Node, out var before))
            lost.Replace(before);
        var worker = record.WorkerOf(join.Host);
        if (join.Measured.MostSamples < job.BatchSize)
            worker.MostSamples = join.Measured.MostSamples;
        worker.Begin(incarnations.Begin(join.Host.Node), join.Worker, join.Device, join.Measured.SamplesPerSecond);
        scheduler.Join(worker);
        events.Raise(WorkerEvents.Joined(worker, join.Measured.SamplesPerSecond, scheduler.Paused));
        watcher.Unwatch(join.Worker);
        watcher.WatchWith(join.Worker, new Stopped(worker.Id));
        join.Worker.Tell(new WorkerProtocol.Start(worker.Id, placed.Places, placed.Buffers));
        evaluations.Send();
    }

    /// <summary>A node answers again: its worker, which was doubted, joins again.</summary>
    public void JoinAgain(NodeProtocol.NodeReachable reachable)
    {
        if (!record.Workers.TryGetValue(reachable.Node, out var worker) || !worker.Unreachable)
            return;
        events.Raise(WorkerEvents.Reachable(worker.Node));
        if (!scheduler.IsCanceled)
            Join(
                new JobTrainingProtocol.Join(
                    worker.Host,
                    worker.Worker,
                    worker.Device!,
                    new Measurement(worker.Throughput, worker.MostSamples)
                )
            );
    }
}
