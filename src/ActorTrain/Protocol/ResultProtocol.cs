using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Protocol;

/// <summary>Job, coordinator and the nodes that keep what has become of jobs on their disks.</summary>
internal static class ResultProtocol
{
    /// <summary>Job → node. Answered by <see cref="Kept"/> or <see cref="NotKept"/>.</summary>
    /// <param name="Job">How the job has ended.</param>
    /// <param name="Options">Its options.</param>
    /// <param name="Result">What is to be kept of it; null where it has no result.</param>
    public sealed record Keep(JobSummary Job, JobOptions Options, Result? Result) : IWireMessage;

    /// <summary>The result of a job.</summary>
    /// <param name="Report">The report.</param>
    /// <param name="Model">The model's layouts.</param>
    /// <param name="Shards">Where the weights are.</param>
    /// <param name="Buffers">Where the model's buffers are; null for a model without any.</param>
    public sealed record Result(TrainingReport Report, ModelDescription Model, ShardPlace[] Shards, IActorRef? Buffers);

    /// <summary>Node → job: it is on the disk.</summary>
    public sealed record Kept : IWireMessage;

    /// <summary>Node → job: it cannot be kept.</summary>
    /// <param name="Reason">Why, as a clause.</param>
    public sealed record NotKept(string Reason) : IWireMessage;

    /// <summary>Coordinator → node: which jobs do you know? Answered by <see cref="KeptJobs"/>.</summary>
    public sealed record GetKept : IWireMessage;

    /// <summary>Node → coordinator.</summary>
    /// <param name="Jobs">The jobs; those with results name the node in <see cref="JobSummary.KeptBy"/>.</param>
    public sealed record KeptJobs(JobSummary[] Jobs) : IWireMessage;

    /// <summary>
    /// Client → coordinator → node: the result of a job. Answered as by the job when it has ended: by
    /// <see cref="ClientProtocol.Accepted"/> and <see cref="ClientProtocol.Finished"/>, or by
    /// <see cref="ClientProtocol.Failed"/>.
    /// </summary>
    /// <param name="JobId">The job.</param>
    public sealed record Open(string JobId) : IWireMessage;
}
