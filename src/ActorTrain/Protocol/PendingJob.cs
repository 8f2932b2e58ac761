using ActorTrain.Job;

namespace ActorTrain.Protocol;

/// <summary>A job that is accepted and has not ended.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="Job">Its options.</param>
/// <param name="Submission">Who submitted it, and when.</param>
/// <param name="Run">The run, which its checkpoints name.</param>
/// <param name="HasBegun">Whether it has begun to train: then it goes on from its newest checkpoint.</param>
/// <param name="HasCheckpoint">Whether it has written one.</param>
internal sealed record PendingJob(
    string JobId,
    JobOptions Job,
    JobSubmission Submission,
    string Run,
    bool HasBegun = false,
    bool HasCheckpoint = false
);
