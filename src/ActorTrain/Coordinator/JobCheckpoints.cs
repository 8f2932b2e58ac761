using ActorTrain.Checkpoints;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Server;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Has the checkpoints of a job written by the coordinator's own node, when training asks for one.</summary>
/// <param name="start">The job.</param>
/// <param name="context">The coordinator's node.</param>
/// <param name="training">The job's training.</param>
/// <param name="actor">The job's actor.</param>
internal sealed class JobCheckpoints(
    JobStart start,
    CoordinatorContext context,
    JobTraining training,
    IActorContext actor
)
{
    /// <summary>Job → coordinator: one is on the disk.</summary>
    /// <param name="JobId">The job.</param>
    public sealed record Written(string JobId);

    private IActorRef _writer = ActorRefs.Nobody;

    /// <summary>A request of training, or an answer of the node that writes.</summary>
    /// <param name="message">One of <see cref="ICheckpointStep"/>.</param>
    /// <param name="sender">Its sender.</param>
    /// <param name="job">The job's options.</param>
    /// <param name="admission">What its workers agree with.</param>
    /// <param name="placed">Where its shards are.</param>
    public void Handle(
        ICheckpointStep message,
        IActorRef sender,
        JobOptions job,
        Admission admission,
        ShardPlacementActor.Placed placed
    )
    {
        switch (message)
        {
            case JobTrainingProtocol.CheckpointBegins when start.Readiness.HostOf(context.Node) is { } host:
                host.Tell(new CheckpointActor.Open(start.JobId, LengthsOf(placed, admission)), actor.Self);
                break;
            case JobTrainingProtocol.CheckpointBegins:
                training.Tell(new CheckpointActor.Failed(JobFailures.NoCheckpointWriter));
                break;
            case JobTrainingProtocol.CheckpointCopied when FolderOf(job) is null:
                training.Tell(new CheckpointActor.Failed(JobFailures.NoCheckpointFolder));
                break;
            case JobTrainingProtocol.CheckpointCopied copied:
                _writer.Tell(
                    new CheckpointActor.Write(
                        copied.Number,
                        Describe(copied.Snapshot, job, admission),
                        [.. placed.Shards.Select(shard => shard.Place.Slice)],
                        FolderOf(job)!,
                        job.Checkpoint
                    ),
                    actor.Self
                );
                break;
            default:
                _writer = sender;
                training.Tell(message);
                if (message is CheckpointActor.Written)
                    actor.Parent.Tell(new Written(start.JobId));
                break;
        }
    }

    // Another node may have taken over, which has no state folder.
    private string? FolderOf(JobOptions job) =>
        CheckpointFolder.PathOf(job.Checkpoint, start.Run, context.Options.StateFolder);

    private static Dictionary<int, int> LengthsOf(ShardPlacementActor.Placed placed, Admission admission)
    {
        var lengths = placed.Shards.ToDictionary(shard => shard.Place.Slice.Index, shard => shard.Place.Slice.Length);
        if (placed.Buffers is not null)
            lengths[StandbyProtocol.Buffers] = admission.Model.Buffers.Length;
        return lengths;
    }

    private CheckpointManifest Describe(JobTrainingProtocol.SnapshotTaken snapshot, JobOptions job, Admission admission)
    {
        var data = admission.DatasetSummary;
        return new CheckpointManifest(
            CheckpointManifest.CurrentFormat,
            BuildVersion.Here,
            start.Run,
            Number: 0,
            actor.System.Scheduler.Now,
            JobAsSettings.From(job with { Staleness = snapshot.Staleness, Consistency = snapshot.Consistency }),
            CheckpointModel.From(admission.Model),
            data,
            SamplesApplied: 0,
            SamplesExpected: (long)job.Epochs * data.TrainSamples,
            CompleteEpochs: 0,
            Applied: [],
            OptimizerVectors: 0,
            PolicyVectors: 0,
            Shards: [],
            Buffers: null,
            snapshot.Incarnations,
            snapshot.Record,
            [.. snapshot.CompletedEpochs],
            [.. snapshot.Events],
            Files: [],
            start.JobId
        );
    }
}
