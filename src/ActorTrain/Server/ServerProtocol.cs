using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>Coordinator's job and server node: what to host.</summary>
public static class ServerProtocol
{
    /// <summary>Job → server. Answered by <see cref="ShardOpened"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Slice">The slice to hold.</param>
    /// <param name="Job">Optimizer, schedule and consistency.</param>
    /// <param name="TrainSamples">Training samples, which the schedule counts in.</param>
    public sealed record OpenShard(string JobId, ShardSlice Slice, JobOptions Job, int TrainSamples) : IWireMessage;

    /// <summary>Server → job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Slice">The slice held.</param>
    /// <param name="Shard">The shard.</param>
    public sealed record ShardOpened(string JobId, ShardSlice Slice, IActorRef Shard) : IWireMessage;

    /// <summary>Job → server. Answered by <see cref="ModelStateOpened"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Length">Length of the state, ≥ 1.</param>
    public sealed record OpenModelState(string JobId, int Length) : IWireMessage;

    /// <summary>Server → job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="ModelState">The model state.</param>
    public sealed record ModelStateOpened(string JobId, IActorRef ModelState) : IWireMessage;

    /// <summary>Job → server: the job is over and its result fetched. Not answered.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record CloseJob(string JobId) : IWireMessage;
}
