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
    /// <param name="Owner">The job's actor: the shard is closed when it ends.</param>
    public sealed record OpenShard(string JobId, ShardSlice Slice, JobOptions Job, int TrainSamples, IActorRef Owner) : IWireMessage;

    /// <summary>Server → job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Slice">The slice held.</param>
    /// <param name="Shard">The shard.</param>
    public sealed record ShardOpened(string JobId, ShardSlice Slice, IActorRef Shard) : IWireMessage;

    /// <summary>Job → server. Answered by <see cref="ModelStateOpened"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Length">Length of the state, ≥ 1.</param>
    /// <param name="Owner">The job's actor: the state is closed when it ends.</param>
    public sealed record OpenModelState(string JobId, int Length, IActorRef Owner) : IWireMessage;

    /// <summary>Server → job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="ModelState">The model state.</param>
    public sealed record ModelStateOpened(string JobId, IActorRef ModelState) : IWireMessage;
}
