using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>Ends a job on its nodes, and tells its client and the coordinator.</summary>
/// <param name="jobId">The job.</param>
/// <param name="name">Its name.</param>
/// <param name="client">The client that follows it.</param>
/// <param name="record">Its counts.</param>
/// <param name="readiness">Its nodes.</param>
/// <param name="context">The job's actor, which stops.</param>
/// <param name="log">The job's log.</param>
internal sealed class JobEnd(
    string jobId,
    string name,
    IActorRef client,
    JobRecord record,
    WorkerReadiness readiness,
    IActorContext context,
    ILoggingAdapter log
)
{
    /// <summary>Job → coordinator: it has ended, and another may begin.</summary>
    public sealed record Over;

    /// <summary>Job → coordinator: a shard is lost, and another job actor is to go on from the copies.</summary>
    public sealed record Reopened(StoredJob Job);

    /// <summary>Whether training has begun.</summary>
    public bool HasTrained => record.Admission is not null;

    public void Cancel(string reason) => Fail(reason, JobPhase.Canceled);

    public void Fail(string sentence, JobPhase phase = JobPhase.Failed)
    {
        var reason = sentence.AsClause();
        var isCanceled = phase == JobPhase.Canceled;
        if (isCanceled)
            log.JobCanceled(name, reason);
        else
            log.JobFailed(name, reason);
        context.Parent.Tell(record.Progress(phase, reason, null, context.System.Scheduler.MonotonicClock));
        Close();
        // On this message the client may submit the next job: the coordinator must be free before.
        client.Tell(new ClientProtocol.Failed(reason, HasTrained, isCanceled));
    }

    /// <summary>A shard is lost: another job actor goes on from the copies.</summary>
    /// <param name="stored">The job's newest snapshot; null where there is none.</param>
    public void GoOnElsewhere(StoredJob? stored)
    {
        if (stored is null)
        {
            Fail(JobFailures.ServerLostEarly);
            return;
        }
        client.Tell(new ClientProtocol.Moving());
        context.Parent.Tell(new Reopened(stored));
        context.Stop(context.Self);
    }

    /// <summary>The job has ended, and no other coordinator may adopt it.</summary>
    public void Close()
    {
        foreach (var host in readiness.Hosts)
            host.Server!.Tell(new ServerProtocol.Close(jobId));
        foreach (var node in readiness.WorkerNodes)
            node.Tell(new WorkerProtocol.Close(jobId));
        context.Parent.Tell(new Over());
        context.Stop(context.Self);
    }
}
