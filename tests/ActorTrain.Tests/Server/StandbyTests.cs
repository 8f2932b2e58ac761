using System.Collections.Concurrent;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Settings;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Server;

/// <summary>A shard on one server node, its standby on another, and the shard that goes on from the copy.</summary>
public sealed class StandbyTests() : ActorTests(ReferenceConfiguration.Config)
{
    // Two chunks for each vector.
    private const int Length = StandbyProtocol.ChunkLength + 5;
    private const string JobId = "1";
    private static readonly SampleRange AtOnce = new(1, 0, 0);
    private static readonly JobOptions Job = Jobs.Create() with { Optimizer = new Adam(0.01) };
    private readonly CountingLane _lane = new();

    [Fact]
    public async Task A_shard_goes_on_from_its_copy_on_another_node()
    {
        var (server, other) = (Server(), Server());
        var shard = await TrainedShard(server);
        var standby = await OpenStandby(other);

        shard.Tell(new StandbyProtocol.Copy(7, AtOnce, standby, Share: 1, Before: 0, IsKept: false));
        (await ExpectMsgAsync<StandbyProtocol.Copied>()).Number.ShouldBe(7);

        other.Tell(new ServerProtocol.GetHeld(JobId));
        var held = (await ExpectMsgAsync<ServerProtocol.Held>()).Snapshots.ShouldHaveSingleItem();
        (held.Shard, held.Number, held.Version).ShouldBe((0, 7, 1));
        held.Applied.ShouldBe([new SampleRange(1, 0, 8)]);

        other.Tell(Open(generation: 1, snapshot: 7));
        var restored = (await ExpectMsgAsync<ServerProtocol.ShardOpened>()).Shard;
        (await Pull(restored)).ShouldBe(await Pull(shard));
    }

    [Fact]
    public async Task A_shard_that_may_have_to_go_back_keeps_its_snapshot()
    {
        var server = Server();
        var shard = await TrainedShard(server);
        var standby = await OpenStandby(Server());
        var before = await Pull(shard);
        shard.Tell(new StandbyProtocol.Copy(7, AtOnce, standby, Share: 1, Before: 0, IsKept: true));
        await ExpectMsgAsync<StandbyProtocol.Copied>();
        await Push(shard, start: 8);

        server.Tell(Open(generation: 1, snapshot: 7));

        (await Pull((await ExpectMsgAsync<ServerProtocol.ShardOpened>()).Shard)).ShouldBe(before);
    }

    [Fact]
    public async Task A_copy_that_is_not_held_is_refused()
    {
        var other = Server();
        await OpenStandby(other);

        other.Tell(Open(generation: 1, snapshot: 3));

        (await ExpectMsgAsync<ServerProtocol.ShardRefused>()).Reason.ShouldBe("it does not hold the snapshot any more");
    }

    [Fact]
    public async Task Chunks_that_are_lost_are_sent_again()
    {
        var shard = await TrainedShard(Server());
        var standby = await OpenStandby(Server());
        _lane.Drop = 2;

        shard.Tell(new StandbyProtocol.Copy(7, AtOnce, standby, Share: 1, Before: 0, IsKept: false));

        // A chunk is sent again after five seconds.
        (await ExpectMsgAsync<StandbyProtocol.Copied>(TimeSpan.FromSeconds(30))).Number.ShouldBe(7);
    }

    [Fact]
    public async Task Buffers_go_on_from_their_copy()
    {
        var (server, other) = (Server(), Server());
        server.Tell(OpenBuffers(snapshot: null));
        var buffers = (await ExpectMsgAsync<ServerProtocol.BuffersOpened>()).Buffers;
        buffers.Tell(new BuffersProtocol.Report(new WorkerId("a:1", 1), 1, 64, TensorSlice.From(new[] { 1f, 2f })));
        other.Tell(new ServerProtocol.OpenStandby(JobId, StandbyProtocol.Buffers, 2, TestActor));
        var standby = (await ExpectMsgAsync<ServerProtocol.StandbyOpened>()).Standby;
        buffers.Tell(new StandbyProtocol.Copy(7, AtOnce, standby, Share: 1, Before: 0, IsKept: false));
        (await ExpectMsgAsync<StandbyProtocol.Copied>()).Shard.ShouldBe(StandbyProtocol.Buffers);

        other.Tell(OpenBuffers(snapshot: 7));
        (await ExpectMsgAsync<ServerProtocol.BuffersOpened>()).Buffers.Tell(new BuffersProtocol.Pull());

        var pulled = await ExpectMsgAsync<BuffersProtocol.Pulled>();
        pulled.Samples.ShouldBe(64);
        pulled.Payload.Values.ToArray().ShouldBe([1f, 2f]);
    }

    [Fact]
    public async Task A_job_that_goes_on_elsewhere_closes_the_shards_that_it_leaves()
    {
        var server = Server();
        var (left, kept) = (await TrainedShard(server), await TrainedShard(server));
        Watch(left);

        server.Tell(new ServerProtocol.Adopt(JobId, [kept]));

        await ExpectTerminatedAsync(left);
        (await Pull(kept)).ShouldNotBeEmpty();
    }

    private IActorRef Server() => Sys.ActorOf(ServerNodeActor.Props(_lane, Algorithms.BuiltIn));

    private ServerProtocol.OpenShard Open(int generation = 0, long? snapshot = null) =>
        new(JobId, new ShardSlice(0, 0, Length), 1, Job, 64, TestActor, generation, snapshot);

    private ServerProtocol.OpenBuffers OpenBuffers(long? snapshot) =>
        new(JobId, [new TypedRange(ElementType.F32, 0, 2)], Job, TestActor, 0, snapshot);

    private async Task<IActorRef> OpenStandby(IActorRef server)
    {
        server.Tell(new ServerProtocol.OpenStandby(JobId, 0, Length, TestActor));
        return (await ExpectMsgAsync<ServerProtocol.StandbyOpened>()).Standby;
    }

    private async Task<IActorRef> TrainedShard(IActorRef server)
    {
        server.Tell(Open());
        var shard = (await ExpectMsgAsync<ServerProtocol.ShardOpened>()).Shard;
        shard.Tell(new ShardProtocol.Initialize(TensorSlice.From(Numbers(0.5f))));
        await ExpectMsgAsync<ShardProtocol.Initialized>();
        await Push(shard, start: 0);
        return shard;
    }

    private async Task Push(IActorRef shard, int start)
    {
        var worker = new WorkerId("a:1", 1);
        shard.Tell(new ShardProtocol.Push(new SampleRange(1, start, 8), worker, 0, TensorSlice.From(Numbers(0.1f))));
        (await ExpectMsgAsync<ShardProtocol.Pushed>()).Payload.Release();
    }

    private async Task<float[]> Pull(IActorRef shard)
    {
        shard.Tell(new ShardProtocol.Pull());
        var pulled = await ExpectMsgAsync<ShardProtocol.Pulled>();
        float[] weights = [.. pulled.Payload.Values.Span];
        pulled.Payload.Release();
        return weights;
    }

    private static float[] Numbers(float first) => [.. Enumerable.Range(0, Length).Select(i => first + i * 1e-6f)];

    /// <summary>Delivers in the process, except what it is told to drop.</summary>
    private sealed class CountingLane : ITensorLane
    {
        /// <summary>How many of the next chunks are lost.</summary>
        public int Drop { get; set; }

        public TensorPool Memory { get; } = new(shared: false, keep: 0);

        public void Tell(IActorRef target, ITensorMessage message, IActorRef sender)
        {
            if (message is StandbyProtocol.Chunk && Drop > 0)
            {
                Drop--;
                message.Payload.Release();
                return;
            }
            target.Tell(message, sender);
        }

        public IDisposable Admit(IActorRef receiver, IReadOnlySet<int> lengths)
        {
            return new Admission();
        }

        private sealed class Admission : IDisposable
        {
            public void Dispose() { }
        }
    }
}
