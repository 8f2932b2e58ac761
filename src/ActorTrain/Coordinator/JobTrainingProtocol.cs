using ActorTrain.Checkpoints;
using ActorTrain.Consistency;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The messages between a job and its training.</summary>
internal static class JobTrainingProtocol
{
    /// <summary>Job → training: an admitted worker.</summary>
    public sealed record Join(WorkerHost Host, IActorRef Worker, DeviceDescription Device, Measurement Measured);

    /// <summary>Job → training: an event to raise.</summary>
    public sealed record RaiseEvent(EventDraft Event);

    /// <summary>Job → training: a worker that was to come back cannot.</summary>
    public sealed record CannotReturn(string Node, string Reason);

    /// <summary>Training → job: what another coordinator needs to adopt the job.</summary>
    public sealed record SnapshotTaken(
        StalenessOptions Staleness,
        ConsistencyOptions Consistency,
        long Incarnations,
        bool Paused,
        bool IsCanceled,
        RecordSnapshot Record,
        IReadOnlyList<EpochSummary> CompletedEpochs,
        IReadOnlyList<SupervisionEvent> Events,
        IReadOnlyDictionary<int, IActorRef> Copied
    );

    /// <summary>Job → training: the standbys that there are, by shard.</summary>
    public sealed record StandbysPlaced(IReadOnlyDictionary<int, IActorRef> Standbys);

    /// <summary>Training → job: a checkpoint is due. Answered by <see cref="CheckpointActor.Opened"/> or
    /// <see cref="CheckpointActor.Failed"/>.</summary>
    public sealed record CheckpointBegins : ICheckpointStep;

    /// <summary>Training → job: all copies have arrived. Answered by <see cref="CheckpointActor.Written"/> or
    /// <see cref="CheckpointActor.Failed"/>.</summary>
    /// <param name="Number">Their number.</param>
    /// <param name="Snapshot">The job's counts at the cut.</param>
    public sealed record CheckpointCopied(long Number, SnapshotTaken Snapshot) : ICheckpointStep;

    /// <summary>What training goes on from, in an adopted job.</summary>
    /// <param name="Incarnations">The newest incarnation in the last snapshot.</param>
    /// <param name="Paused">Whether the job was paused.</param>
    /// <param name="FirstCopy">The number of the first round of copies.</param>
    /// <param name="CopiedAlike">The newest round of which all shards have copies of one place; 0 for none.</param>
    /// <param name="IsMoved">Whether the coordinator before it was lost.</param>
    /// <param name="Restored">The shards that were restored.</param>
    /// <param name="Lost">The workers whose nodes are gone.</param>
    /// <param name="Resumed">The checkpoint that it goes on from, and what was wrong with newer ones; null where it
    /// goes on from another job actor.</param>
    public sealed record Adopted(
        long Incarnations,
        bool Paused,
        long FirstCopy = 1,
        long CopiedAlike = 0,
        bool IsMoved = true,
        IReadOnlyList<RecoveryPlan.Source>? Restored = null,
        IReadOnlyList<string>? Lost = null,
        ResumedJob? Resumed = null
    );

    /// <summary>Training → job: everything is applied and counted, or the job was canceled.</summary>
    public sealed record Done(TrainingReport Report, bool IsCanceled);

    /// <summary>Training → job: it cannot go on.</summary>
    public sealed record Failed(string Reason);
}
