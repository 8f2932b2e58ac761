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
    /// <summary>A job that was submitted.</summary>
    /// <param name="JobId">Its id.</param>
    /// <param name="Job">Its options.</param>
    /// <param name="Client">The client that submits it.</param>
    /// <param name="Submission">Who submits it, and when.</param>
    public sealed record Submitted(string JobId, JobOptions Job, IActorRef Client, JobSubmission Submission);

    /// <summary>A job that can begin.</summary>
    /// <param name="Submitted">The job; its options are complete.</param>
    /// <param name="Resumed">What it goes on from; null for a new one.</param>
    public sealed record Ready(Submitted Submitted, ResumedJob? Resumed)
    {
        /// <summary>The run, which its checkpoints name.</summary>
        public string Run => Resumed?.Manifest.Run ?? Submitted.JobId;
    }

    /// <summary>A job that cannot.</summary>
    /// <param name="Submitted">The job.</param>
    /// <param name="Reason">Why, in one sentence.</param>
    public sealed record Refused(Submitted Submitted, string Reason);

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
    public static bool IsNeeded(JobOptions job) => job.Checkpoint.Every.IsOn || job.Resume.Length > 0;

    /// <summary>Reads and checks what the job names. Blocks.</summary>
    /// <param name="submitted">The job.</param>
    /// <param name="stateFolder">The node's state folder; null where it has none.</param>
    /// <returns><see cref="Ready"/> or <see cref="Refused"/>.</returns>
    public static object Prepare(Submitted submitted, string? stateFolder)
    {
        var job = submitted.Job;
        try
        {
            var resumed = job.Resume.Length > 0 ? ResumedJob.Load(job, stateFolder) : null;
            var ready = new Ready(submitted with { Job = resumed?.Job ?? job }, resumed);
            if (job.Checkpoint.Every.IsOn)
                new CheckpointFolder(
                    CheckpointFolder.PathOf(job.Checkpoint, ready.Run, stateFolder)
                        ?? throw new ActorTrainException(JobFailures.NoCheckpointFolder)
                ).Claim(ready.Run);
            return ready;
        }
        // Any failure, too little memory among them: the coordinator must be free for the next job.
        catch (Exception failure)
        {
            return new Refused(submitted, Sentence.From(failure.AsReason()));
        }
    }
}
