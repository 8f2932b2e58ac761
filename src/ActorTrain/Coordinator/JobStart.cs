using ActorTrain.Job;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>What a job begins with: a new one with nothing, an adopted one with what its servers have stored.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Job">What is trained.</param>
/// <param name="Submission">Who submitted it, and when.</param>
/// <param name="Submitter">The client that submits it; null for an adopted job.</param>
/// <param name="Followers">The clients that follow it.</param>
/// <param name="Record">Its counts.</param>
/// <param name="History">Its epochs and events.</param>
/// <param name="Readiness">Its workers and servers.</param>
/// <param name="Adopted">The snapshot that an adopted job goes on from; null for a new job.</param>
/// <param name="Run">The run, which its checkpoints name: the first of all jobs that go on from each other.</param>
/// <param name="Resumed">The checkpoint that it goes on from; null for a new or an adopted job.</param>
internal sealed record JobStart(
    string JobId,
    JobOptions Job,
    JobSubmission Submission,
    IActorRef? Submitter,
    IActorRef[] Followers,
    JobRecord Record,
    JobHistory History,
    WorkerReadiness Readiness,
    string Run,
    JobStart.Recovery? Adopted = null,
    ResumedJob? Resumed = null
)
{
    /// <summary>Whether it goes on after an interruption: then it waits for workers without end, as nodes that are
    /// started again come one after the other.</summary>
    public bool IsInterrupted { get; init; }

    /// <summary>What has become of the job.</summary>
    public JobSummary Summarize(
        JobPhase phase,
        string reason,
        DateTimeOffset ended,
        long applied = 0,
        long expected = 0
    ) => new(JobId, Job.Name, phase, reason, Submission.By, Submission.At, ended, applied, expected);

    /// <summary>What an adopted job goes on from.</summary>
    /// <param name="Snapshot">Its last snapshot.</param>
    /// <param name="Model">Its model and data set.</param>
    /// <param name="Admission">What its workers agree with.</param>
    /// <param name="Members">The members of the cluster.</param>
    /// <param name="IsMoved">Whether the coordinator before it was lost.</param>
    public sealed record Recovery(
        JobSnapshot Snapshot,
        ModelSnapshot Model,
        Admission Admission,
        IReadOnlyCollection<string> Members,
        bool IsMoved
    )
    {
        /// <summary>What training goes on from when the shards are found, or restored.</summary>
        /// <param name="recovered">The shards.</param>
        /// <param name="id">An id that no other job actor has.</param>
        public JobTrainingProtocol.Adopted GoOn(ShardRecoveryActor.Recovered recovered, string id) =>
            new(
                Snapshot.Incarnations,
                Snapshot.Paused,
                CopyNumbers.First(recovered.NewestNumber, id),
                recovered.CopiedAlike,
                IsMoved,
                recovered.Restored,
                [
                    .. Snapshot
                        .Record.Workers.Where(worker => worker.Absence is null && !Members.Contains(worker.Node))
                        .Select(worker => worker.Node),
                ]
            );
    }

    /// <summary>What training goes on from when the shards of a checkpoint are placed.</summary>
    public JobTrainingProtocol.Adopted? GoOn() =>
        Resumed is null
            ? null
            : new(Resumed.Manifest.Incarnations, Paused: false, CopyNumbers.First(1, JobId), IsMoved: false)
            {
                Resumed = Resumed,
            };

    /// <summary>A job that was submitted, or resumed from a checkpoint.</summary>
    /// <param name="ready">The job.</param>
    /// <param name="followers">The clients that have followed it while it waited.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public static JobStart Submitted(JobPreparation.Ready ready, IActorRef[] followers, TimeSpan now)
    {
        var (pending, resumed) = (ready.Job, ready.Resumed);
        var (job, history) = (pending.Job, new JobHistory());
        history.Update(resumed?.Manifest.Epochs ?? [], resumed?.Manifest.Events ?? []);
        return new(
            pending.JobId,
            job,
            pending.Submission,
            ready.Submitted.Client,
            followers,
            resumed is null
                ? new JobRecord(job, now)
                : JobRecord.Adopt(job, null, resumed.Manifest.Record, history, now),
            history,
            new WorkerReadiness(job.MinimumWorkers, job.Data.Fingerprint),
            pending.Run,
            Resumed: resumed
        )
        {
            IsInterrupted = pending.HasBegun,
        };
    }

    /// <summary>A job that is adopted from another job actor.</summary>
    /// <param name="stored">The job.</param>
    /// <param name="members">The members of the cluster.</param>
    /// <param name="isMoved">Whether its coordinator was lost, and not only a shard.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public static JobStart AdoptedFrom(
        StoredJob stored,
        IReadOnlyCollection<string> members,
        bool isMoved,
        TimeSpan now
    )
    {
        var (snapshot, history) = (stored.Snapshot, new JobHistory());
        history.Add(new HistoryPage(0, stored.History, stored.History.Length));
        var admission = new Admission(stored.Model.AdmittedBy, stored.Model.Admitted);
        var readiness = new WorkerReadiness(snapshot.Job.MinimumWorkers);
        readiness.Adopt(admission);
        return new(
            snapshot.JobId,
            snapshot.Job,
            snapshot.Submission,
            Submitter: null,
            snapshot.Followers,
            JobRecord.Adopt(snapshot.Job, admission, snapshot.Record, history, now),
            history,
            readiness,
            snapshot.Run,
            new Recovery(snapshot, stored.Model, admission, members, isMoved)
        );
    }
}
