using ActorTrain.Job;

namespace ActorTrain.Protocol;

/// <summary>A job that is accepted and has not ended.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="Job">Its options.</param>
/// <param name="Submission">Who submitted it, and when.</param>
/// <param name="Run">The run, which its checkpoints name.</param>
/// <param name="HasBegun">Whether its turn has come: then it goes on from its newest checkpoint.</param>
internal sealed record PendingJob(
    string JobId,
    JobOptions Job,
    JobSubmission Submission,
    string Run,
    bool HasBegun = false
);
