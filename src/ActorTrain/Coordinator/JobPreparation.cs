using ActorTrain.Checkpoints;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// What a job needs of the disk before it is accepted: the folder that its checkpoints go to, and the checkpoint that
/// it goes on from.
/// </summary>
internal static class JobPreparation
{
    /// <summary>A job that is to begin.</summary>
    /// <param name="Job">The job.</param>
    /// <param name="Client">The client that submits it; null for one that was accepted before.</param>
    /// <param name="Interruption">Why it does not run any more, as a clause, where it has begun.</param>
    public sealed record Submitted(PendingJob Job, IActorRef? Client, string Interruption = JobFailures.AllLost);

    /// <summary>A job that can begin.</summary>
    /// <param name="Submitted">The job; its options are complete.</param>
    /// <param name="Resumed">What it goes on from; null for a new one.</param>
    public sealed record Ready(Submitted Submitted, ResumedJob? Resumed)
    {
        /// <summary>The job; its checkpoints name the run.</summary>
        public PendingJob Job => Submitted.Job with { Run = Resumed?.Manifest.Run ?? Submitted.Job.Run };
    }

    /// <summary>A job that cannot.</summary>
    /// <param name="Submitted">The job.</param>
    /// <param name="Reason">Why, as a clause.</param>
    /// <param name="MayPass">Whether it is tried again: it was interrupted, and its checkpoints may come back, as with
    /// a disk that is not there yet.</param>
    public sealed record Refused(Submitted Submitted, string Reason, bool MayPass = false);

    /// <summary>Finds the job that has written a checkpoint. Blocks.</summary>
    /// <returns><see cref="ClientProtocol.CheckpointFound"/> or <see cref="ClientProtocol.Rejected"/>.</returns>
    public static object FindJob(string resume, string? stateFolder)
    {
        try
        {
            return new ClientProtocol.CheckpointFound(ResumedJob.JobOf(resume, stateFolder));
        }
        catch (Exception failure)
        {
            return new ClientProtocol.Rejected(failure.AsReason(), ClientProtocol.Rejection.Invalid);
        }
    }

    /// <summary>Whether a job needs something of the disk.</summary>
    public static bool IsNeeded(PendingJob job) =>
        job.HasBegun || job.Job.Checkpoint.Every.IsOn || job.Job.Resume.Length > 0;

    /// <summary>Reads and checks what the job names. Blocks.</summary>
    /// <param name="submitted">The job.</param>
    /// <param name="stateFolder">The node's state folder; null where it has none.</param>
    /// <param name="elsewhere">What is said of other nodes where its checkpoints are not on this one.</param>
    /// <returns><see cref="Ready"/> or <see cref="Refused"/>.</returns>
    public static object Prepare(Submitted submitted, string? stateFolder, string elsewhere = "")
    {
        var pending = submitted.Job;
        try
        {
            var job = pending.HasBegun ? AfterInterruption(submitted, stateFolder, elsewhere) : pending.Job;
            // When its turn comes, another run may be the latest.
            if (job.Resume == ResumedJob.Latest)
                job = job with { Resume = ResumedJob.Find(job.Resume, stateFolder) };
            var resumed = job.Resume.Length > 0 ? ResumedJob.Load(job, stateFolder) : null;
            if (pending.HasBegun)
                resumed = resumed is null ? null : resumed with { Interruption = submitted.Interruption };
            var ready = new Ready(submitted with { Job = pending with { Job = resumed?.Job ?? job } }, resumed);
            if (job.Checkpoint.Every.IsOn)
                FolderOf(job, ready.Job.Run, stateFolder).Claim(ready.Job.Run);
            return ready;
        }
        // Any failure, too little memory among them: the coordinator must be free for the next job.
        catch (Exception failure)
        {
            return new Refused(
                submitted,
                failure.AsReason(),
                MayPass: pending.HasBegun && pending.Job.Checkpoint.Every.IsOn
            );
        }
    }

    // One that was to write checkpoints and has none yet begins anew.
    private static JobOptions AfterInterruption(Submitted submitted, string? stateFolder, string elsewhere)
    {
        var (pending, job) = (submitted.Job, submitted.Job.Job);
        if (!job.Checkpoint.Every.IsOn)
            throw new ActorTrainException(
                $"{submitted.Interruption}, and the job writes no checkpoints; 'checkpoint.every' makes it write them"
            );
        var folder = FolderOf(job, pending.Run, stateFolder);
        var isThere = folder.List().Count > 0;
        if (pending.HasCheckpoint && !isThere)
            throw new ActorTrainException(
                $"{submitted.Interruption}, and its checkpoints are not in {folder.Path} on the coordinator's machine"
                    + elsewhere
            );
        // The folder may be that of the job that this one was to go on from.
        if (!pending.HasCheckpoint && (job.Resume.Length > 0 || !isThere))
            return job;
        var saved = ResumedJob.JobOf(folder.Path, stateFolder);
        // These may have been changed since the job was submitted.
        return job with { Resume = folder.Path, Consistency = saved.Consistency, Staleness = saved.Staleness };
    }

    private static CheckpointFolder FolderOf(JobOptions job, string run, string? stateFolder) =>
        new(
            CheckpointFolder.PathOf(job.Checkpoint, run, stateFolder)
                ?? throw new ActorTrainException(JobFailures.NoCheckpointFolder)
        );
}
