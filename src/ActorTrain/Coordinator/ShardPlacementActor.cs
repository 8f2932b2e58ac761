using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>A shard and its server node.</summary>
internal sealed record PlacedShard(ShardPlace Place, string Node);

/// <summary>
/// Opens a job's shards on the server nodes, distributed evenly; tells its parent <see cref="Placed"/> or
/// <see cref="Refused"/>, and stops.
/// </summary>
internal sealed class ShardPlacementActor : ReceiveActor
{
    private readonly PlacedShard?[] _placed;
    private readonly bool _hasBuffers;
    private IActorRef? _buffers;

    /// <summary>Placement → job: every shard is open, by index.</summary>
    public sealed record Placed(PlacedShard[] Shards, IActorRef? Buffers, string BuffersNode = "")
    {
        /// <summary>The shards and the buffers.</summary>
        public IActorRef[] Actors =>
            [.. Shards.Select(shard => shard.Place.Shard), .. Buffers is null ? [] : new[] { Buffers }];

        /// <summary>The nodes that they are on.</summary>
        public IEnumerable<string> Nodes =>
            Shards.Select(shard => shard.Node).Concat(Buffers is null ? [] : [BuffersNode]).Distinct();

        /// <summary>The numbers of a node's shards, and <see cref="StandbyProtocol.Buffers"/> where it has the
        /// buffers.</summary>
        public IEnumerable<int> On(string node) =>
            Shards
                .Where(shard => shard.Node == node)
                .Select(shard => shard.Place.Slice.Index)
                .Concat(Buffers is not null && BuffersNode == node ? [StandbyProtocol.Buffers] : []);

        public ShardPlace[] Places => [.. Shards.Select(shard => shard.Place)];

        public void TellShards(object message)
        {
            foreach (var shard in Shards)
                shard.Place.Shard.Tell(message);
        }
    }

    /// <summary>Placement → job: a server cannot open its shard.</summary>
    /// <param name="Node">The server.</param>
    /// <param name="Reason">Why, as a clause.</param>
    public sealed record Refused(string Node, string Reason);

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
        var slices = Slices(job, model, servers);
        _placed = new PlacedShard?[slices.Count];
        _hasBuffers = model.Buffers.Length > 0;
        Receive<ServerProtocol.ShardOpened>(opened =>
        {
            _placed[opened.Slice.Index] = new PlacedShard(
                new ShardPlace(opened.Slice, opened.Shard),
                HostOf(opened.Slice.Index).Node
            );
            EndIfComplete();
        });
        Receive<ServerProtocol.ShardRefused>(refused =>
        {
            Context.Parent.Tell(new Refused(HostOf(refused.Slice.Index).Node, refused.Reason));
            Context.Stop(Self);
        });
        Receive<ServerProtocol.BuffersOpened>(opened =>
        {
            _buffers = opened.Buffers;
            EndIfComplete();
        });

        // The servers watch the job and not this short-lived child: they close the shards when the job ends.
        foreach (var slice in slices)
            HostOf(slice.Index)
                .Server!.Tell(
                    new ServerProtocol.OpenShard(jobId, slice, slices.Count, job, trainSamples, Context.Parent)
                );
        if (_hasBuffers)
            HostOf(0)
                .Server!.TellInPages(
                    Context.System,
                    new ServerProtocol.OpenBuffers(jobId, [.. model.Buffers.Sections], job, Context.Parent),
                    Self
                );

        NodeProtocol.Enrol HostOf(int index) => servers[index % servers.Count];
    }

    /// <summary>The slices of a job's shards.</summary>
    public static IReadOnlyList<ShardSlice> Slices(
        JobOptions job,
        ModelDescription model,
        IReadOnlyList<NodeProtocol.Enrol> servers
    ) =>
        ShardMap.Cut(
            model.Parameters.Length,
            job.Shards > 0 ? job.Shards
                : job.Consistency.CountsContributions ? 1
                : servers.Count
        );

    private void EndIfComplete()
    {
        if (_placed.Any(shard => shard is null) || (_hasBuffers && _buffers is null))
            return;
        Context.Parent.Tell(new Placed(_placed!, _buffers, _placed[0]!.Node));
        Context.Stop(Self);
    }
}
