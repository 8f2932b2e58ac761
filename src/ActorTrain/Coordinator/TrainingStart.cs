using ActorTrain.Job;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>What a job's training begins with.</summary>
/// <param name="Job">What is trained.</param>
/// <param name="Events">Who gets the job's events, for its clients.</param>
/// <param name="Record">The job's counts; in an adopted job, those of its last snapshot.</param>
/// <param name="Placed">Where the shards are.</param>
/// <param name="Options">The coordinator's settings.</param>
/// <param name="Algorithms">The staleness policies and consistency models that there are.</param>
/// <param name="Adopted">What an adopted job goes on from; null for a new job.</param>
internal sealed record TrainingStart(
    JobOptions Job,
    IActorRef Events,
    JobRecord Record,
    ShardPlacementActor.Placed Placed,
    CoordinatorOptions Options,
    Algorithms Algorithms,
    JobTrainingProtocol.Adopted? Adopted = null
);
