using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Staleness;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

/// <summary>Staleness policies, consistency models and optimizers that are not ActorTrain's, in whole jobs.</summary>
public sealed class AlgorithmsTests
{
    private static readonly JobOptions Job = Jobs.Create() with
    {
        Staleness = new StalenessOptions { Policy = "mine" },
        Consistency = new ConsistencyOptions { Mode = "elastic" },
        Optimizer = new CustomOptimizer("plain", 0.01),
    };

    [Fact]
    public void A_job_trains_with_them_every_sample_once_also_when_its_coordinator_is_killed()
    {
        var result = Cluster(Algorithms())
            .WithNode(new NodePlan("other", [NodeRoles.Coordinator], Speed.Constant(1)))
            .At(seconds: 20, Fault.Kill("first"))
            .Run(Job)
            .ShouldSucceed();

        result.Report!.SamplesApplied.ShouldBe(30_000);
        result.Report.Consistency.ShouldBe("elastic");
        result.Report.TestAccuracy!.Value.ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void An_optimizer_of_ones_own_also_takes_the_local_steps_of_workers() =>
        Cluster(Algorithms())
            .Run(Job with { LocalSteps = new(4), Consistency = new() })
            .ShouldSucceed()
            .Report!.SamplesApplied.ShouldBe(30_000);

    [Fact]
    public void A_consistency_model_that_lets_no_worker_go_on_does_not_stop_the_slowest() =>
        Cluster(Algorithms(most: -7)).Run(Job).ShouldSucceed().Report!.SamplesApplied.ShouldBe(30_000);

    [Fact]
    public void A_policy_that_gives_no_valid_verdict_ends_the_job_with_its_name() =>
        Cluster(Algorithms(scale: float.NaN))
            .Run(Job)
            .Failure.ShouldNotBeNull()
            .ShouldContain("staleness policy 'mine'");

    [Fact]
    public void A_policy_is_created_once_a_shard_and_keeps_its_state()
    {
        var created = 0;
        var algorithms = new Algorithms().AddStalenessPolicy(
            "mine",
            _ =>
            {
                created++;
                return new Halving(0.5f);
            }
        );

        Cluster(algorithms).Run(Job with { Consistency = new(), Optimizer = new Sgd(0.01) }).ShouldSucceed();

        // Twice to check the job: at the client, and at the coordinator.
        created.ShouldBe(3);
    }

    [Theory]
    [InlineData("policy", "staleness policy 'mine' fails: InvalidOperationException: it is broken")]
    [InlineData("model", "consistency model 'elastic' fails: InvalidOperationException: it is broken")]
    [InlineData("optimizer", "optimizer 'plain' fails: InvalidOperationException: it is broken")]
    public void One_that_throws_ends_the_job_with_its_name(string what, string reason)
    {
        var algorithms = new Algorithms()
            .AddStalenessPolicy("mine", _ => what == "policy" ? new Broken() : new Halving(1))
            .AddConsistencyModel("elastic", _ => what == "model" ? new Broken() : new Ahead(5))
            .AddOptimizer("plain", (_, _) => what == "optimizer" ? new Broken() : new Plain());

        Cluster(algorithms).Run(Job).Failure.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public void A_server_that_cannot_create_a_policy_is_named()
    {
        var created = 0;
        // The third is that of the shard: client and coordinator have checked it before.
        var algorithms = new Algorithms().AddStalenessPolicy(
            "mine",
            _ => ++created < 3 ? new Halving(1) : throw new InvalidOperationException("it is broken")
        );

        Cluster(algorithms)
            .Run(Job with { Consistency = new(), Optimizer = new Sgd(0.01) })
            .Failure.ShouldNotBeNull()
            .ShouldContain(
                "server server cannot hold its shard: the staleness policy 'mine' cannot be created: "
                    + "InvalidOperationException: it is broken"
            );
    }

    [Theory]
    [InlineData("policy", "There is no staleness policy 'mien'; there are accept, ")]
    [InlineData(
        "model",
        "There is no consistency model 'mien'; there are synchronous, bounded, asynchronous, elastic."
    )]
    [InlineData("optimizer", "There is no optimizer 'mien'; there are sgd, adam, adamw, plain.")]
    public void A_job_with_an_unknown_name_is_refused_with_those_that_there_are(string what, string message)
    {
        var job = what switch
        {
            "policy" => Job with { Staleness = new StalenessOptions { Policy = "mien" } },
            "model" => Job with { Consistency = new ConsistencyOptions { Mode = "mien" } },
            _ => Job with { Optimizer = new CustomOptimizer("mien") },
        };

        Should.Throw<ActorTrainException>(() => Cluster(Algorithms()).Run(job)).Message.ShouldStartWith(message);
    }

    [Fact]
    public void A_setting_that_the_algorithm_refuses_is_told_before_the_job_begins() =>
        Should
            .Throw<ActorTrainException>(() =>
                Cluster(
                        new Algorithms().AddStalenessPolicy("mine", _ => throw new FormatException("half-life is blue"))
                    )
                    .Run(Job with { Consistency = new(), Optimizer = new Sgd() })
            )
            .Message.ShouldContain("half-life is blue");

    [Fact]
    public void Code_of_a_run_does_not_compile_until_they_are_declared() =>
        Cluster(Algorithms()).Run(Job).ToCode().ShouldContain("    Algorithms = algorithms,\n");

    private static Simulation Cluster(Algorithms algorithms) =>
        new Simulation(Seed: 1) { Algorithms = algorithms }
            .WithNode(new NodePlan("first", [NodeRoles.Coordinator], Speed.Constant(1)))
            .WithNode(new NodePlan("server", [NodeRoles.Server], Speed.Constant(1)))
            .WithWorkers(2, Speed.Constant(400))
            .WithWorkers(1, Speed.Constant(100));

    private static Algorithms Algorithms(float scale = 0.5f, long most = 6) =>
        new Algorithms()
            .AddStalenessPolicy("mine", _ => new Halving(scale))
            .AddConsistencyModel("elastic", _ => new Ahead(most))
            .AddOptimizer("plain", (_, _) => new Plain());

    private sealed class Broken : IStalenessPolicy, IConsistencyModel, IOptimizer
    {
        public IReadOnlyList<Memory<float>> State => [];

        public Verdict Judge(long staleness) => throw new InvalidOperationException("it is broken");

        public long MostAhead(Pace worker, Pace slowest) => throw new InvalidOperationException("it is broken");

        public void Apply(
            ReadOnlySpan<float> weights,
            Span<float> updated,
            ReadOnlySpan<float> gradient,
            float learningRate,
            float scale,
            ReadOnlySpan<FlatRange> touched
        ) => throw new InvalidOperationException("it is broken");
    }

    private sealed class Halving(float scale) : IStalenessPolicy
    {
        public Verdict Judge(long staleness) => staleness == 0 ? Verdict.Applied : Verdict.Scaled(scale);
    }

    private sealed class Ahead(long most) : IConsistencyModel
    {
        public long MostAhead(Pace worker, Pace slowest) => most;
    }

    private sealed class Plain : IOptimizer
    {
        public IReadOnlyList<Memory<float>> State => [];

        public void Apply(
            ReadOnlySpan<float> weights,
            Span<float> updated,
            ReadOnlySpan<float> gradient,
            float learningRate,
            float scale,
            ReadOnlySpan<FlatRange> touched
        )
        {
            foreach (var range in touched)
                for (var i = range.Offset; i < range.Offset + range.Length; i++)
                    updated[i] = weights[i] - learningRate * scale * gradient[i];
        }
    }
}
