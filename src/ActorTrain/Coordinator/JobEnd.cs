using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>Ends a job on its nodes, and tells its clients and the coordinator.</summary>
/// <param name="start">The job.</param>
/// <param name="followers">The clients that follow it.</param>
/// <param name="keepsResult">Whether nodes keep what has become of it.</param>
/// <param name="context">The job's actor, which stops.</param>
/// <param name="log">The job's log.</param>
internal sealed class JobEnd(
    JobStart start,
    JobFollowers followers,
    bool keepsResult,
    IActorContext context,
    ILoggingAdapter log
)
{
    /// <summary>Job → coordinator: it has ended, and another may begin.</summary>
    /// <param name="Job">How.</param>
    public sealed record Over(JobSummary Job);

    /// <summary>Job → coordinator: a shard is lost, and another job actor is to go on from the copies.</summary>
    public sealed record Reopened(StoredJob Job);

    /// <summary>Job → coordinator: its shards are lost, and it is to go on from its newest checkpoint.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Reason">What is lost, as a clause.</param>
    /// <param name="Followers">The clients that follow it.</param>
    public sealed record Interrupted(string JobId, string Reason, IActorRef[] Followers);

    private readonly JobResults _results = new(start.Job, start.Readiness, keepsResult, context.System, context.Self);
    private JobDelivery? _delivery;

    /// <summary>Whether training has begun.</summary>
    public bool HasTrained => start.Record.Admission is not null;

    public void Cancel(string reason) => Fail(reason, JobPhase.Canceled);

    public void Fail(string sentence, JobPhase phase = JobPhase.Failed)
    {
        var reason = sentence.AsClause();
        var isCanceled = phase == JobPhase.Canceled;
        if (isCanceled)
            log.JobCanceled(start.Job.Name, reason);
        else
            log.JobFailed(start.Job.Name, reason);
        var progress = start.Record.Progress(phase, reason, null, context.System.Scheduler.MonotonicClock);
        context.Parent.Tell(progress);
        var summary = Summarize(phase, reason, progress.SamplesApplied, progress.SamplesExpected);
        _results.Keep(summary, result: null);
        Close(summary);
        // On this message a client may submit the next job: the coordinator must be free before.
        followers.Tell(new ClientProtocol.Failed(reason, HasTrained, isCanceled));
    }

    /// <summary>A shard is lost: another job actor goes on from the copies.</summary>
    /// <param name="stored">The job's newest snapshot; null where there is none.</param>
    public void GoOnElsewhere(StoredJob? stored)
    {
        if (stored is null)
        {
            GoOnFromCheckpoint(JobFailures.ServerLostEarly);
            return;
        }
        followers.Tell(new ClientProtocol.Moving());
        context.Parent.Tell(new Reopened(stored));
        context.Stop(context.Self);
    }

    /// <summary>A shard is lost, and no node has a copy: another job actor goes on from the newest
    /// checkpoint.</summary>
    /// <param name="reason">What is lost, as a clause.</param>
    /// <param name="isCanceled">Whether it was to end anyway.</param>
    public void GoOnFromCheckpoint(string reason, bool isCanceled = false)
    {
        if (isCanceled)
        {
            Cancel(reason);
            return;
        }
        if (!start.Job.Checkpoint.Every.IsOn)
        {
            Fail(reason);
            return;
        }
        followers.Tell(new ClientProtocol.Moving());
        CloseOnNodes();
        context.Parent.Tell(new Interrupted(start.JobId, reason, followers.Clients));
        context.Stop(context.Self);
    }

    /// <summary>Everything is trained: the result goes to the clients and to the nodes that keep it. The job is closed
    /// when they have it.</summary>
    public void Deliver(JobTrainingProtocol.Done done, Admission admission, ShardPlacementActor.Placed placed)
    {
        _delivery = new JobDelivery(followers, _results, Close, context.System, context.Self, log);
        var report = done.Report;
        var phase = done.IsCanceled ? JobPhase.Canceled : JobPhase.Completed;
        _delivery.Begin(
            Summarize(phase, "", report.SamplesApplied, report.SamplesExpected),
            new(report, admission.Model, placed.Places, placed.Buffers, done.IsCanceled)
        );
    }

    /// <summary>A message that reaches the job while its result is delivered.</summary>
    public void Handle(object message, IActorRef sender) => _delivery?.Handle(message, sender);

    private JobSummary Summarize(JobPhase phase, string reason, long applied, long expected) =>
        start.Summarize(phase, reason, context.System.Scheduler.Now, applied, expected);

    // No other coordinator may adopt it.
    private void Close(JobSummary summary)
    {
        CloseOnNodes();
        context.Parent.Tell(new Over(summary));
        context.Stop(context.Self);
    }

    private void CloseOnNodes()
    {
        foreach (var host in start.Readiness.Hosts)
            host.Server!.Tell(new ServerProtocol.Close(start.JobId));
        foreach (var node in start.Readiness.WorkerNodes)
            node.Tell(new WorkerProtocol.Close(start.JobId));
    }
}
