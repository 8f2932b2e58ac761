using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Serialization.Paging;
using ActorTrain.Server;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>A shard and the node that it is on.</summary>
internal sealed record PlacedShard(ShardPlace Place, string Node);

/// <summary>
/// Opens a job's shards on the server nodes, in turn; tells its parent <see cref="Placed"/> and ends.
/// </summary>
internal sealed class ShardPlacementActor : ReceiveActor
{
    private readonly PlacedShard?[] _placed;
    private readonly bool _hasState;
    private IActorRef? _modelState;

    /// <summary>Placement → job: every shard is open, by index.</summary>
    public sealed record Placed(PlacedShard[] Shards, IActorRef? ModelState);

    public static Props Props(
        string jobId,
        JobOptions job,
        ModelDescription model,
        int trainSamples,
        IReadOnlyList<NodeProtocol.Enrol> servers
    ) => Akka.Actor.Props.Create(() => new ShardPlacementActor(jobId, job, model, trainSamples, servers));

    public ShardPlacementActor(
        string jobId,
        JobOptions job,
        ModelDescription model,
        int trainSamples,
        IReadOnlyList<NodeProtocol.Enrol> servers
    )
    {
        var slices = ShardMap.Cut(
            model.Parameters.Length,
            job.Shards > 0 ? job.Shards
                : job.Consistency.CountsContributions ? 1
                : servers.Count
        );
        _placed = new PlacedShard?[slices.Count];
        _hasState = model.State.Length > 0;
        Receive<ServerProtocol.ShardOpened>(opened =>
        {
            _placed[opened.Slice.Index] = new PlacedShard(
                new ShardPlace(opened.Slice, opened.Shard),
                HostOf(opened.Slice.Index).Node
            );
            EndIfComplete();
        });
        Receive<ServerProtocol.ModelStateOpened>(opened =>
        {
            _modelState = opened.ModelState;
            EndIfComplete();
        });

        // The job is the one to be watched, not this short-lived child: the servers close what they opened when it
        // ends.
        foreach (var slice in slices)
            HostOf(slice.Index)
                .Server!.Tell(
                    new ServerProtocol.OpenShard(jobId, slice, slices.Count, job, trainSamples, Context.Parent)
                );
        if (_hasState)
            HostOf(0)
                .Server!.TellInPages(
                    Context.System,
                    new ServerProtocol.OpenModelState(jobId, [.. model.State.Sections], job, Context.Parent),
                    Self
                );

        NodeProtocol.Enrol HostOf(int index) => servers[index % servers.Count];
    }

    private void EndIfComplete()
    {
        if (_placed.Any(shard => shard is null) || (_hasState && _modelState is null))
            return;
        Context.Parent.Tell(new Placed(_placed!, _modelState));
        Context.Stop(Self);
    }
}
