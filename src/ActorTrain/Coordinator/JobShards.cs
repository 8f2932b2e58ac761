using ActorTrain.Job;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The shards of a job: has them opened or adopted, watches them, and knows which node each is on.</summary>
/// <param name="jobId">The job.</param>
/// <param name="client">The client that follows the job, and pulls the weights.</param>
/// <param name="readiness">The job's servers.</param>
/// <param name="adopted">Where the shards of an adopted job are; null for a new job.</param>
/// <param name="context">The job's actor.</param>
internal sealed class JobShards(
    string jobId,
    IActorRef client,
    WorkerReadiness readiness,
    ShardPlacementActor.Placed? adopted,
    IActorContext context
)
{
    private int _servers;

    /// <summary>Where the shards are; null before they are open.</summary>
    public ShardPlacementActor.Placed? Placed { get; private set; } = adopted;

    /// <summary>Whether a server was lost since the shards were to be opened.</summary>
    public bool HasLostServer => readiness.Servers.Count < _servers;

    /// <summary>Has the shards opened: the job's actor gets <see cref="ShardPlacementActor.Placed"/>.</summary>
    public void Open(JobOptions job, Admission admission)
    {
        var servers = readiness.Servers;
        _servers = servers.Count;
        context.ActorOf(
            ShardPlacementActor.Props(jobId, job, admission.Model, admission.Dataset.TrainSamples, servers),
            "placement"
        );
    }

    public void Opened(ShardPlacementActor.Placed placed)
    {
        Placed = placed;
        Watch(placed);
        client.Tell(new ClientProtocol.CheckLane([.. readiness.Servers.Select(server => server.Server!)]));
    }

    /// <summary>A server of an adopted job that has not enrolled; null where all have.</summary>
    public string? FirstMissing =>
        Placed!
            .Shards.Select(shard => shard.Node)
            .Except(readiness.Servers.Select(server => server.Node))
            .FirstOrDefault();

    /// <summary>Adopts the shards of another coordinator's job.</summary>
    public void Adopt()
    {
        foreach (var server in readiness.Servers)
            server.Server!.Tell(new ServerProtocol.Adopt(jobId));
        Watch(Placed!);
        client.Tell(new ClientProtocol.Adopted(jobId));
    }

    /// <summary>Whether another coordinator could adopt the job if a node were lost.</summary>
    public bool CanOutlive(string node) =>
        Placed is not null
        && readiness.Coordinators.Any(coordinator => coordinator != node)
        && Placed.Shards.All(shard => shard.Node != node);

    /// <summary>A shard on a node; null where there is none.</summary>
    public PlacedShard? On(string node) => Placed?.Shards.FirstOrDefault(shard => shard.Node == node);

    public int IndexOf(IActorRef shard) =>
        Placed!.Shards.First(placed => placed.Place.Shard.Equals(shard)).Place.Slice.Index;

    private void Watch(ShardPlacementActor.Placed placed)
    {
        foreach (var shard in placed.Shards)
            context.Watch(shard.Place.Shard);
    }
}
