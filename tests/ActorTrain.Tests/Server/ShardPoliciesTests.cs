using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Server;

/// <summary>A shard under staleness policies that users have added.</summary>
public sealed class ShardPoliciesTests
{
    private readonly List<string> _created = [];
    private bool _fails;

    [Fact]
    public void The_same_options_leave_the_policy_with_its_state()
    {
        var shard = Shard();

        shard.SetStaleness(Jobs.Staleness("mine"));
        shard.SetStaleness(Jobs.Staleness("mine"));

        _created.ShouldBe(["mine"]);
    }

    [Fact]
    public void A_policy_that_cannot_be_created_is_tried_again_when_it_is_requested_again()
    {
        var shard = Shard();
        _fails = true;
        Should.Throw<ActorTrainException>(() => shard.SetStaleness(Jobs.Staleness("mine")));
        shard.SetStaleness(Jobs.Staleness("mine"));
        shard.SetStaleness(Jobs.Staleness(StalenessPolicy.Inverse));
        Should.Throw<ActorTrainException>(() => shard.SetStaleness(Jobs.Staleness("mine")));
        _fails = false;

        shard.SetStaleness(Jobs.Staleness(StalenessPolicy.Accept));
        shard.SetStaleness(Jobs.Staleness("mine"));

        _created.ShouldBe(["mine"]);
    }

    private ShardState Shard()
    {
        var algorithms = new Algorithms().AddStalenessPolicy(
            "mine",
            options =>
            {
                if (_fails)
                    throw new ActorTrainException("it fails here");
                _created.Add(options.Policy);
                return new AcceptAll();
            }
        );
        var memory = new TensorPool(shared: false, keep: 0);
        return new ShardState(0, length: 2, samples: 16, Jobs.Create(), memory, algorithms: algorithms);
    }
}
