using ActorTrain.Coordinator;
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
    /// <param name="Shards">Shards of the job in all.</param>
    /// <param name="Job">Optimizer, schedule and consistency.</param>
    /// <param name="TrainSamples">Training samples, which the schedule counts in.</param>
    /// <param name="Owner">The job's actor: if it is gone, and no other adopts the job, the shard is closed.</param>
    public sealed record OpenShard(
        string JobId,
        ShardSlice Slice,
        int Shards,
        JobOptions Job,
        int TrainSamples,
        IActorRef Owner
    ) : IWireMessage;

    /// <summary>Server → job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Slice">The slice held.</param>
    /// <param name="Shard">The shard.</param>
    public sealed record ShardOpened(string JobId, ShardSlice Slice, IActorRef Shard) : IWireMessage;

    /// <summary>Job → server. Answered by <see cref="ModelStateOpened"/>.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Sections">What the state is: its words by the type of their elements, one section a type.</param>
    /// <param name="Job">Which epochs are evaluated.</param>
    /// <param name="Owner">As for a shard.</param>
    public sealed record OpenModelState(string JobId, TypedRange[] Sections, JobOptions Job, IActorRef Owner)
        : IWireMessage;

    /// <summary>Server → job.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="ModelState">The model state.</param>
    public sealed record ModelStateOpened(string JobId, IActorRef ModelState) : IWireMessage;

    /// <summary>Job → server, every second and at every event: what another coordinator would need to go on. Answered
    /// by <see cref="Remembered"/>.</summary>
    /// <param name="Memory">The newest; it takes the place of the one before.</param>
    /// <param name="History">What of the history has not been answered for yet, as much as a page holds.</param>
    public sealed record Remember(JobMemory Memory, HistoryPage History) : IWireMessage;

    /// <summary>
    /// Job → server, until it is answered for: what is trained. Answered by <see cref="Remembered"/>.
    /// </summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Model">What it trains.</param>
    public sealed record RememberModel(string JobId, ModelMemory Model) : IWireMessage;

    /// <summary>Server → job: this is here.</summary>
    /// <param name="HasModel">Whether it knows what is trained.</param>
    /// <param name="History">Entries of the history that are here.</param>
    public sealed record Remembered(bool HasModel, int History) : IWireMessage;

    /// <summary>Coordinator → server: what jobs do you hold? Answered by <see cref="Recalled"/>.</summary>
    public sealed record Recall : IWireMessage;

    /// <summary>Server → coordinator.</summary>
    /// <param name="Jobs">One a job whose shards are here.</param>
    public sealed record Recalled(RecalledJob[] Jobs) : IWireMessage;

    /// <summary>Another coordinator's job → server: it is mine now. Not answered.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record Adopt(string JobId) : IWireMessage;

    /// <summary>Job → server: it is over; close what you host for it. Not answered.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record Close(string JobId) : IWireMessage;
}
