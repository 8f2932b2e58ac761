using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.TestKit.Tests;

/// <summary>A lost server is no lost job: another node goes on from its copy of the shard.</summary>
public sealed class LostServerTests
{
    private const string Deterministic =
        "shards = 2\n consistency { name = synchronous, synchronous { global-batch-size = 40, deterministic = on } }\n "
        + "optimizer { name = adam, learning-rate = 0.01 }";

    private static readonly string[] Modes =
    [
        "consistency.name = asynchronous",
        "shards = 2\n consistency.name = asynchronous",
        "shards = 2\n consistency { name = bounded, bounded.staleness = 2 }",
        "shards = 2\n consistency.name = synchronous",
        "consistency { name = synchronous, synchronous.backup-workers = 1 }",
        "shards = 2\n consistency.name = asynchronous, local-steps { steps = 4, outer.learning-rate = 1 }",
        "shards = 2\n optimizer { name = adam, learning-rate = 0.01 }",
        "shards = 2\n staleness.policy = gap-aware",
    ];

    public static TheoryData<string> AllModes => [.. Modes];

    /// <summary>Two nodes that may hold the coordinator, two servers, and three workers that hold copies.</summary>
    private static Simulation Cluster =>
        (
            new Simulation(Seed: 1)
                .WithNode(Node("first", NodeRoles.Coordinator))
                .WithNode(Node("second", NodeRoles.Coordinator))
                .WithNode(Node("server-1", NodeRoles.Server))
                .WithNode(Node("server-2", NodeRoles.Server))
                .WithWorkers(3, Speed.Constant(200))
        ) with
        {
            // Enough parameters for two shards.
            Engines = AnalyticEngines.Small(parameters: 40, noise: 0.1f),
        };

    [Theory, MemberData(nameof(AllModes))]
    public void Training_goes_on_and_each_sample_counts_once(string mode)
    {
        var result = Cluster.At(seconds: 20, Fault.Kill("server-1")).Run(Jobs.Create(mode)).ShouldSucceed();

        Restored(result).ShouldNotBeEmpty();
        result.Report!.SamplesApplied.ShouldBe(result.Report.SamplesExpected);
        // The copy was a second old at most, and the loss is found within half a second.
        LongestPause(result, around: 20).ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Theory, MemberData(nameof(AllModes))]
    public void Both_servers_may_be_lost_one_after_the_other(string mode)
    {
        var result = Cluster
            .At(seconds: 15, Fault.Kill("server-1"))
            .At(seconds: 18, Fault.Restart("server-1"))
            .At(seconds: 30, Fault.Kill("server-2"))
            .Run(Jobs.Create(mode))
            .ShouldSucceed();

        result.Report!.SamplesApplied.ShouldBe(result.Report.SamplesExpected);
    }

    [Theory, MemberData(nameof(AllModes))]
    public void A_server_that_is_started_again_while_it_leaves_comes_back_and_holds_copies(string mode)
    {
        var result = Cluster
            .At(seconds: 15, Fault.Leave("server-1"))
            .At(seconds: 15.001, Fault.Restart("server-1"))
            .At(seconds: 40, Fault.Kill("server-2"))
            .Run(Jobs.Create(mode))
            .ShouldSucceed();

        Restored(result).Select(raised => raised.Node).Distinct().ShouldBe(["server-2", "server-1"]);
    }

    [Theory, MemberData(nameof(AllModes))]
    public void A_server_and_the_coordinator_may_be_lost_at_one_time(string mode)
    {
        var result = Cluster
            .At(seconds: 20, Fault.Kill("server-1"))
            .At(seconds: 20, Fault.Kill("first"))
            .Run(Jobs.Create(mode))
            .ShouldSucceed();

        result.Events.ShouldContain(raised => raised.Kind == CoordinatorMoved);
        Restored(result).ShouldNotBeEmpty();
        result.Report!.SamplesApplied.ShouldBe(result.Report.SamplesExpected);
    }

    [Theory, InlineData("freeze"), InlineData("partition"), InlineData("leave")]
    public void A_server_may_freeze_be_cut_off_or_leave(string trouble)
    {
        var fault = trouble switch
        {
            "freeze" => Fault.Freeze("server-1"),
            "partition" => Fault.Partition("server-1"),
            _ => Fault.Leave("server-1"),
        };
        var result = Cluster.At(seconds: 20, fault).Run(Jobs.Create("shards = 2")).ShouldSucceed();

        Restored(result).ShouldHaveSingleItem().Node.ShouldBe("server-2");
        result.Report!.SamplesApplied.ShouldBe(result.Report.SamplesExpected);
    }

    [Fact]
    public void A_worker_that_holds_copies_goes_on_with_the_shard_of_the_only_server()
    {
        var result = new Simulation(Seed: 1)
            .WithNode(Node("first", NodeRoles.Coordinator))
            .WithNode(Node("server", NodeRoles.Server))
            .WithNode(Worker("a"))
            .WithNode(Worker("b"))
            .At(seconds: 20, Fault.Kill("server"))
            .At(seconds: 30, Fault.Kill("a"))
            .Run(Jobs.Create())
            .ShouldSucceed();

        Restored(result).Select(raised => raised.Node).ShouldBe(["a", "b"]);

        static NodePlan Worker(string name) => new(name, [NodeRoles.Standby, NodeRoles.Worker], Speed.Constant(200));
    }

    [Theory, InlineData(15.0), InlineData(15.37), InlineData(22.9)]
    public void A_deterministic_job_has_the_same_bits_whether_a_server_and_the_coordinator_are_lost_or_not(double at)
    {
        var alone = Cluster.Run(Jobs.Create(Deterministic)).ShouldSucceed();
        var lost = Cluster
            .At(at, Fault.Kill("server-2"))
            .At(at + 8, Fault.Kill("first"))
            .Run(Jobs.Create(Deterministic))
            .ShouldSucceed();

        Restored(lost).Count().ShouldBe(2);
        lost.Model!.Parameters.ToArray().ShouldBe(alone.Model!.Parameters.ToArray());
    }

    [Fact]
    public void A_job_whose_shard_has_no_copy_fails_and_says_so()
    {
        var lost = Cluster.At(seconds: 20, Fault.Kill("server-1")) with
        {
            Settings = "actortrain.coordinator.standby-share = 0",
        };

        lost.Run(Jobs.Create())
            .Failure.ShouldBe(
                "The job failed: the server node server-1 is lost with shard 0: no other node has a copy."
            );
    }

    [Fact]
    public void The_last_event_says_from_which_version_the_shard_goes_on()
    {
        var result = Cluster.At(seconds: 20, Fault.Kill("server-1")).Run(Jobs.Create("shards = 2"));

        var restored = Restored(result).ShouldHaveSingleItem();
        restored.Node.ShouldBe("server-2");
        restored.Reason.ShouldBe("shard 0 is gone with its node");
        restored.Action.ShouldMatch(
            @"^its copy goes on from version [\d,]+, and what it may lack is trained again; [\d,]+ samples applied$"
        );
    }

    private static NodePlan Node(string name, string role) => new(name, [role], Speed.Constant(1));

    private static IEnumerable<SupervisionEvent> Restored(SimulationResult result) =>
        result.Events.Where(raised => raised.Kind == ShardRestored);

    /// <summary>The longest time in which the number of applied samples did not grow.</summary>
    private static TimeSpan LongestPause(SimulationResult result, double around)
    {
        var points = result.Timeline.Where(point => Math.Abs(point.At.TotalSeconds - around) < 15).ToList();
        var (longest, since, most) = (TimeSpan.Zero, points[0].At, 0L);
        foreach (var point in points)
        {
            if (point.SamplesApplied <= most)
                continue;
            longest = point.At - since > longest ? point.At - since : longest;
            (since, most) = (point.At, point.SamplesApplied);
        }
        return longest;
    }
}
