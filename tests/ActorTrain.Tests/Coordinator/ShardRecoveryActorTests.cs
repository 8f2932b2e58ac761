using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>How a job finds its shards, and has them restored, with probes for two server nodes.</summary>
public sealed class ShardRecoveryActorTests : ActorTests
{
    private readonly TestProbe _job;
    private readonly TestProbe _a;
    private readonly TestProbe _b;

    public ShardRecoveryActorTests() =>
        (_job, _a, _b) = (CreateTestProbe("job"), CreateTestProbe("a"), CreateTestProbe("b"));

    [Fact]
    public async Task A_shard_that_lives_is_found()
    {
        var (recovery, shard) = (Recovery("a:1"), CreateTestProbe());
        Join(recovery, "a:1", _a);

        await Answer(recovery, _a, Held() with { Shards = [new(0, 0, shard)] });

        (await _job.ExpectMsgAsync<ShardRecoveryActor.Recovered>()).Placed.Shards[0].Place.Shard.ShouldBe(shard);
    }

    [Fact]
    public async Task A_lost_shard_is_opened_from_its_copy_under_a_new_generation()
    {
        var (recovery, restored) = (Recovery("b:1"), CreateTestProbe());
        Join(recovery, "b:1", _b);
        await Answer(recovery, _b, Copy(number: 5));

        var open = await _b.ExpectMsgAsync<ServerProtocol.OpenShard>();
        (open.Generation, open.Snapshot).ShouldBe((1, 5));
        recovery.Tell(new ServerProtocol.ShardOpened("1", open.Slice, restored, open.Generation), _b);

        var recovered = await _job.ExpectMsgAsync<ShardRecoveryActor.Recovered>();
        recovered.Placed.Shards[0].ShouldBe(new PlacedShard(new ShardPlace(open.Slice, restored), "b:1"));
        recovered.Restored.ShouldHaveSingleItem().Snapshot!.Number.ShouldBe(5);
    }

    [Fact]
    public async Task A_node_that_may_have_the_shard_is_waited_for_until_it_is_lost()
    {
        var recovery = Recovery("a:1", "b:1");
        Join(recovery, "b:1", _b);
        await Answer(recovery, _b, Copy(number: 5));
        await _b.ExpectNoMsgAsync(TimeSpan.Zero);

        recovery.Tell(new NodeProtocol.NodeLost("a:1", "it left"));

        (await _b.ExpectMsgAsync<ServerProtocol.OpenShard>()).Snapshot.ShouldBe(5);
    }

    [Fact]
    public async Task A_node_that_cannot_open_the_shard_is_not_asked_for_it_again()
    {
        var recovery = Recovery("b:1");
        Join(recovery, "b:1", _b);
        await Answer(recovery, _b, Copy(number: 5));
        var open = await _b.ExpectMsgAsync<ServerProtocol.OpenShard>();

        recovery.Tell(new ServerProtocol.ShardRefused("1", open.Slice, "it has no optimizer 'lion'", 1), _b);
        await Answer(recovery, _b, Copy(number: 5));

        (await _job.ExpectMsgAsync<ShardRecoveryActor.Lost>()).Reason.ShouldBe(
            "the server node a:1 is lost with shard 0: no other node has a copy; b:1 cannot go on with it: it has no "
                + "optimizer 'lion'"
        );
    }

    [Fact]
    public async Task The_answer_to_a_plan_that_was_given_up_is_ignored()
    {
        var (recovery, late, restored) = (Recovery("a:1", "b:1"), CreateTestProbe(), CreateTestProbe());
        Join(recovery, "a:1", _a);
        Join(recovery, "b:1", _b);
        await Answer(recovery, _a, Copy(number: 6));
        await Answer(recovery, _b, Copy(number: 5));
        var first = await _a.ExpectMsgAsync<ServerProtocol.OpenShard>();

        recovery.Tell(new NodeProtocol.NodeLost("a:1", "it left"));
        recovery.Tell(new ServerProtocol.ShardOpened("1", first.Slice, late, first.Generation), _a);
        await Answer(recovery, _b, Copy(number: 5));
        var second = await _b.ExpectMsgAsync<ServerProtocol.OpenShard>();
        recovery.Tell(new ServerProtocol.ShardOpened("1", second.Slice, restored, second.Generation), _b);

        (await _job.ExpectMsgAsync<ShardRecoveryActor.Recovered>()).Placed.Shards[0].Place.Shard.ShouldBe(restored);
    }

    private IActorRef Recovery(params string[] members)
    {
        var prepared = new WorkerProtocol.Prepared(
            "1",
            new ModelDescription("linear", ParameterLayout.Create([("w", [8])]), ParameterLayout.Empty),
            new DatasetDescription("made-up", 64, 8, "f00d"),
            new DeviceDescription("cpu", "toy", 1),
            new Measurement(10, 16)
        );
        var snapshot = new JobSnapshot(
            "1",
            Jobs.Create(),
            [CreateTestProbe()],
            [new ShardPlace(new ShardSlice(0, 0, 8), CreateTestProbe())],
            ["a:1"],
            ["b:1"],
            "",
            null,
            0,
            false,
            false,
            new RecordSnapshot(0, 0, [], []),
            "1",
            new JobSubmission("ann@desk", DateTimeOffset.UnixEpoch)
        );
        var adopted = new JobStart.Recovery(
            snapshot,
            new ModelSnapshot("w:1", prepared),
            new Admission("w:1", prepared),
            members,
            IsMoved: false
        );
        return _job.ChildActorOf(ShardRecoveryActor.Props(adopted, actor => actor.Equals(_a.Ref) ? "a:1" : "b:1"));
    }

    private static void Join(IActorRef recovery, string node, IActorRef server) =>
        recovery.Tell(
            new NodeProtocol.NodeJoined(new NodeProtocol.Enrol(node, [NodeRoles.Server], Worker: null, server))
        );

    /// <summary>A node is asked what it has, and answers; other questions may have come before.</summary>
    private static async Task Answer(IActorRef recovery, TestProbe server, ServerProtocol.Held held)
    {
        await server.FishForMessageAsync(message => message is ServerProtocol.GetHeld);
        recovery.Tell(held, server);
    }

    private static ServerProtocol.Held Held() => new("1", [], []);

    private static ServerProtocol.Held Copy(long number) => Held() with { Snapshots = [new(0, number, number, 0, [])] };
}
