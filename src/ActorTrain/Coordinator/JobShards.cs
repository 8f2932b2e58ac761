using ActorTrain.Job;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The shards of a job: has them opened, watches them, and knows which node each is on.</summary>
/// <param name="jobId">The job.</param>
/// <param name="followers">The clients that follow the job, and pull the weights.</param>
/// <param name="readiness">The job's servers.</param>
/// <param name="context">The job's actor.</param>
internal sealed class JobShards(string jobId, JobFollowers followers, WorkerReadiness readiness, IActorContext context)
{
    private string[] _servers = [];

    /// <summary>Where the shards are; null before they are open.</summary>
    public ShardPlacementActor.Placed? Placed { get; private set; }

    /// <summary>Whether a server was lost since the shards were to be opened.</summary>
    public bool HasLostServer => _servers.Any(server => readiness.HostOf(server) is null);

    /// <summary>Has the shards opened: the job's actor gets <see cref="ShardPlacementActor.Placed"/>.</summary>
    /// <param name="job">Its options.</param>
    /// <param name="admission">What its workers agree with.</param>
    /// <param name="resumed">The checkpoint that they go on from; null for new ones.</param>
    /// <param name="node">The coordinator's node, which has the checkpoint.</param>
    public void Open(JobOptions job, Admission admission, ResumedJob? resumed, string node)
    {
        var servers = readiness.Servers;
        _servers = [.. servers.Select(server => server.Node)];
        if (resumed is null)
        {
            context.ActorOf(
                ShardPlacementActor.Props(jobId, job, admission.Model, admission.Dataset.TrainSamples, servers),
                "placement"
            );
            return;
        }
        // Later workers must agree with the checkpoint, too.
        readiness.Adopt(admission);
        var model = resumed.Manifest.Model.ToDescription();
        var difference =
            model.Parameters.FirstDifference(admission.Model.Parameters, "the checkpoint", "the workers")
            ?? model.Buffers.FirstDifference(admission.Model.Buffers, "the checkpoint", "the workers");
        if (difference is not null)
            Fail($"the checkpoint is of another model: {difference}");
        else if (readiness.HostOf(node) is { } loader)
            context.ActorOf(
                CheckpointPlacementActor.Props(jobId, job, resumed, admission, servers, loader),
                "placement"
            );
        else
            Fail(JobFailures.NoCheckpointWriter);

        void Fail(string reason) => context.Self.Tell(new JobTrainingProtocol.Failed(reason));
    }

    public void Opened(ShardPlacementActor.Placed placed)
    {
        Placed = placed;
        Watch(placed);
        followers.Tell(new ClientProtocol.CheckLane([.. readiness.Servers.Select(server => server.Server!)]));
    }

    /// <summary>Goes on with the shards of another job actor.</summary>
    /// <returns>Whether their nodes are all there: one may have been lost since they were found.</returns>
    public bool Adopt(ShardPlacementActor.Placed placed)
    {
        if (placed.Nodes.Any(node => readiness.HostOf(node) is null))
            return false;
        Placed = placed;
        foreach (var host in readiness.Hosts)
            host.Server!.Tell(new ServerProtocol.Adopt(jobId, placed.Actors));
        Watch(placed);
        followers.Tell(new ClientProtocol.Adopted(jobId));
        return true;
    }

    /// <summary>Whether a node has a shard, or the buffers.</summary>
    public bool AreOn(string node) => Placed?.Nodes.Contains(node) == true;

    private void Watch(ShardPlacementActor.Placed placed)
    {
        readiness.ShardNodes = [.. placed.Shards.Select(shard => shard.Node).Distinct()];
        foreach (var shard in placed.Actors)
            context.Watch(shard);
    }
}
