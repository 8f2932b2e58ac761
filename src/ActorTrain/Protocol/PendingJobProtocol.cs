using ActorTrain.Job;
using ActorTrain.Serialization;

namespace ActorTrain.Protocol;

/// <summary>Coordinator and nodes: the jobs that are accepted and have not ended. All nodes know them, so that another
/// coordinator goes on with them.</summary>
internal static class PendingJobProtocol
{
    /// <summary>Coordinator → node: a job is accepted, or begins.</summary>
    /// <param name="Job">The job.</param>
    public sealed record Keep(PendingJob Job) : IWireMessage;

    /// <summary>Coordinator → node: a job has ended.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record Drop(string JobId) : IWireMessage;

    /// <summary>Coordinator → node, when it enrols: which jobs do you know? Answered by <see cref="Known"/>.</summary>
    public sealed record GetKnown : IWireMessage;

    /// <summary>Node → coordinator.</summary>
    /// <param name="Jobs">The jobs.</param>
    public sealed record Known(PendingJob[] Jobs) : IWireMessage;
}
