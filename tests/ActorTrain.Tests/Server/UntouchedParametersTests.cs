using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Server;

/// <summary>
/// A parameter without a gradient stays unchanged, as in PyTorch: no weight decay, no momentum, no step counted.
/// </summary>
public sealed class UntouchedParametersTests
{
    private static readonly WorkerId A = new("a:1", 1),
        B = new("b:1", 2);

    public static TheoryData<OptimizerOptions> Rules =>
        [new Sgd(0.1) { WeightDecay = 0.1 }, new Adam(0.1) { WeightDecay = 0.1 }, new AdamW(0.1) { WeightDecay = 0.1 }];

    [Theory, MemberData(nameof(Rules))]
    public void Each_parameter_is_updated_as_by_an_optimizer_of_its_own(OptimizerOptions rule)
    {
        var together = Algorithms.BuiltIn.Create(rule, 3);
        var alone = Enumerable.Range(0, 3).Select(_ => Algorithms.BuiltIn.Create(rule, 1)).ToArray();
        var (weights, expected) = (new[] { 1f, 2f, 3f }, new[] { 1f, 2f, 3f });

        for (var step = 0; step < 20; step++)
        {
            var touched = Enumerable.Range(0, 3).Where(i => step % (i + 1) == 0).ToArray();
            var gradient = new[] { 0.5f * step, -1, 2 };
            together.Apply(weights, weights, gradient, 0.1f, 1, [.. touched.Select(i => new FlatRange(i, 1))]);
            foreach (var i in touched)
                alone[i].Apply(expected.AsSpan(i, 1), expected.AsSpan(i, 1), gradient.AsSpan(i, 1), 0.1f, 1);
        }

        weights.ShouldBe(expected);
    }

    [Theory]
    [InlineData(StalenessPolicy.Accept)]
    [InlineData(StalenessPolicy.DcAsgd)]
    [InlineData(StalenessPolicy.DcAsgdAdaptive)]
    [InlineData(StalenessPolicy.GapAware)]
    [InlineData(StalenessPolicy.DanaSlim)]
    public void It_stays_under_every_policy_also_while_the_weights_are_read(string policy)
    {
        var shard = Shard(job => job with { Staleness = Jobs.Staleness(policy) });
        var reading = shard.Share(TransferDType.F32, A);

        shard
            .Receive(new SampleRange(1, 0, 16), A, 0, [1f, 1f, 1f, 1f], [new FlatRange(1, 2)])
            .Kind.ShouldBe(VerdictKind.Applied);
        var first = shard.Weights.ToArray();
        shard
            .Receive(new SampleRange(1, 16, 16), A, 1, [1f, 1f, 1f, 1f], [new FlatRange(1, 2)])
            .Kind.ShouldBe(VerdictKind.Applied);

        (first[1], first[2]).ShouldBe((10f, 10f));
        (shard.Weights[1], shard.Weights[2]).ShouldBe((10f, 10f));
        shard.Weights[0].ShouldBeLessThan(first[0]);
        first[0].ShouldBeLessThan(10f);
        reading.Release();
    }

    [Fact]
    public void In_a_synchronous_step_it_stays_where_no_gradient_of_the_step_touches_it()
    {
        var shard = Shard(job =>
            job with
            {
                Consistency = job.Consistency with
                {
                    Mode = ConsistencyMode.Synchronous,
                    Synchronous = new SynchronousOptions(32, BackupWorkers: 0, Deterministic: false),
                },
            }
        );

        shard.Receive(new SampleRange(1, 0, 16), A, 0, [1f, 1f, 0f, 0f], [new FlatRange(2, 2)]);
        shard.Receive(new SampleRange(1, 16, 16), B, 0, [1f, 0f, 1f, 0f], [new FlatRange(1, 1), new FlatRange(3, 1)]);

        shard.Version.ShouldBe(1);
        shard.Weights[3].ShouldBe(10f, "no worker had a gradient for it");
        (shard.Weights[1] < 10f, shard.Weights[2] < 10f).ShouldBe((true, true));
        shard.Weights[1].ShouldBe(shard.Weights[2], "in the mean over all samples each counts half");
    }

    private static ShardState Shard(Func<JobOptions, JobOptions> change)
    {
        var rule = new Sgd(0.1) { WeightDecay = 0.1 };
        var job = change(Jobs.Create(epochs: 2, batch: 16) with { Optimizer = rule });
        var shard = new ShardState(0, 4, 640, job, new TensorPool(shared: false, keep: 0));
        shard.Initialize([10f, 10f, 10f, 10f]);
        return shard;
    }
}
