using ActorTrain.Consistency;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Protocol;
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
        RecordSnapshot Record,
        IReadOnlyList<EpochSummary> CompletedEpochs,
        IReadOnlyList<SupervisionEvent> Events
    );

    /// <summary>What training goes on from, in an adopted job.</summary>
    /// <param name="Incarnations">The newest incarnation in the last snapshot.</param>
    /// <param name="Paused">Whether the job was paused.</param>
    public sealed record Adopted(long Incarnations, bool Paused);

    /// <summary>Training → job: everything is applied and counted, or the job was canceled.</summary>
    public sealed record Done(TrainingReport Report, bool IsCanceled);

    /// <summary>Training → job: it cannot go on.</summary>
    public sealed record Failed(string Reason);
}
