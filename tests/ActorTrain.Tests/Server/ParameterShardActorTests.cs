using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Server;

public sealed class ParameterShardActorTests() : ActorTests(ReferenceConfiguration.Config)
{
    private static readonly WorkerId Alice = new("alice:1", 1);

    [Fact]
    public async Task A_push_received_twice_is_applied_once()
    {
        var shard = await Shard(1f, 2f);
        shard.Tell(Push());
        shard.Tell(Push());

        var first = await ExpectMsgAsync<ShardProtocol.Pushed>();
        var second = await ExpectMsgAsync<ShardProtocol.Pushed>();

        first.Verdict.ShouldBe(Verdict.Applied);
        second.Verdict.ShouldBe(Verdict.Duplicate);
        second.Version.ShouldBe(first.Version);
        second.Payload.Values.ToArray().ShouldBe(first.Payload.Values.ToArray());
    }

    [Fact]
    public async Task A_push_is_answered_with_the_updated_parameters()
    {
        var shard = await Shard(1f, 2f);
        shard.Tell(Push());
        var pushed = await ExpectMsgAsync<ShardProtocol.Pushed>();
        pushed.Version.ShouldBe(1);
        pushed.Payload.Values.ToArray().ShouldBe([0.9f, 1.9f]);
    }

    [Fact]
    public async Task Sent_parameters_do_not_change_with_the_shard()
    {
        var shard = await Shard(1f, 2f);
        shard.Tell(new ShardProtocol.Pull());
        var pulled = await ExpectMsgAsync<ShardProtocol.Pulled>();
        shard.Tell(Push());
        await ExpectMsgAsync<ShardProtocol.Pushed>();
        pulled.Payload.Values.ToArray().ShouldBe([1f, 2f]);
    }

    [Fact]
    public async Task Only_the_first_initial_weights_count()
    {
        var shard = await Shard(1f, 2f);
        shard.Tell(new ShardProtocol.Initialize(TensorSlice.From(new[] { 8f, 9f })));
        await ExpectMsgAsync<ShardProtocol.Initialized>();
        shard.Tell(new ShardProtocol.Pull());
        (await ExpectMsgAsync<ShardProtocol.Pulled>()).Payload.Values.ToArray().ShouldBe([1f, 2f]);
    }

    [Fact]
    public async Task A_policy_that_this_node_cannot_create_is_an_error_in_the_log_once_and_the_shard_goes_on()
    {
        var algorithms = new Algorithms().AddStalenessPolicy(
            "mine",
            _ => throw new ActorTrainException("half-life is blue")
        );
        var shard = await Shard(algorithms, 1f, 2f);
        var mine = new ShardProtocol.SetPolicies(Jobs.Staleness("mine"), Jobs.Asynchronous, Contributions: 1);

        await EventFilter
            .Error(contains: "keeps its staleness policy, since it cannot create mine: half-life is blue")
            .ExpectOneAsync(async () =>
            {
                shard.Tell(mine);
                shard.Tell(mine);
                shard.Tell(Push());
                (await ExpectMsgAsync<ShardProtocol.Pushed>()).Verdict.ShouldBe(Verdict.Applied);
            });
    }

    private Task<IActorRef> Shard(params float[] weights) => Shard(Algorithms.BuiltIn, weights);

    private async Task<IActorRef> Shard(Algorithms algorithms, params float[] weights)
    {
        var job = Jobs.Create(epochs: 1, batch: 8, optimizer: Jobs.Sgd(0.1f));
        var state = new ShardState(
            0,
            weights.Length,
            samples: 96,
            job,
            new TensorPool(shared: false, keep: 1 << 20),
            algorithms: algorithms
        );
        var shard = Sys.ActorOf(
            ParameterShardActor.Props(state, TensorLane.Get(Sys, TensorMessages.Table), TransferDType.F32)
        );
        shard.Tell(new ShardProtocol.Initialize(TensorSlice.From(weights)));
        await ExpectMsgAsync<ShardProtocol.Initialized>();
        return shard;
    }

    private static ShardProtocol.Push Push() =>
        new(new SampleRange(1, 0, 8), Alice, 0, TensorSlice.From(new[] { 1f, 1f }));
}
