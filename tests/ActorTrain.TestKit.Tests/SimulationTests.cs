using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.TestKit.Tests;

public sealed class SimulationTests
{
    /// <summary>Two nodes that may host the coordinator, and a server.</summary>
    private static Simulation Separate =>
        new Simulation(Seed: 1)
            .WithNode(new NodePlan("first", [NodeRoles.Coordinator], Speed.Constant(1)))
            .WithNode(new NodePlan("second", [NodeRoles.Coordinator], Speed.Constant(1)))
            .WithNode(new NodePlan("server", [NodeRoles.Server], Speed.Constant(1)));

    private static readonly Simulation Four = new Simulation(Seed: 1).WithSeed().WithWorkers(4, Speed.Constant(200));

    [Fact]
    public void A_job_ends_and_every_sample_counts_once()
    {
        var result = Ended(Four);
        result.Report!.SamplesApplied.ShouldBe(30_000);
        result.Report.Throughput.ShouldBe(800, tolerance: 20);
        result.Time.TotalSeconds.ShouldBeInRange(36, 44);
    }

    [Fact]
    public void The_event_log_is_a_function_of_the_seed()
    {
        var script = Four.At(seconds: 4, Fault.Kill("worker-2"))
            .At(seconds: 5, Fault.Freeze("worker-3"))
            .At(seconds: 15, Fault.Thaw("worker-3"));
        var first = Ended(script);
        Ended(script).EventLog.ShouldBe(first.EventLog);
        Ended(script with { Seed = 2 }).Hash.ShouldNotBe(first.Hash);
    }

    [Fact]
    public void A_killed_worker_is_lost_within_half_a_second_and_others_do_its_work()
    {
        var result = Ended(Four.At(seconds: 10, Fault.Kill("worker-2")));
        Only(result, WorkerLost).Node.ShouldBe("worker-2");
        // The job is accepted after two seconds.
        Only(result, WorkerLost).Elapsed.TotalSeconds.ShouldBe(8.4, tolerance: 0.1);
    }

    [Fact]
    public void A_frozen_worker_is_unreachable_and_gets_a_new_incarnation_when_it_resumes()
    {
        var result = Ended(Four.At(seconds: 10, Fault.Freeze("worker-3")).At(seconds: 17, Fault.Thaw("worker-3")));
        Only(result, WorkerUnreachable).Node.ShouldBe("worker-3");
        Only(result, WorkerReachable).Node.ShouldBe("worker-3");
        Only(result, WorkerReachable).Elapsed.ShouldBeGreaterThan(Only(result, WorkerUnreachable).Elapsed);
    }

    [Fact]
    public void A_worker_that_is_frozen_for_long_is_removed_and_joins_again()
    {
        var result = Ended(Four.At(seconds: 5, Fault.Freeze("worker-3")).At(seconds: 20, Fault.Thaw("worker-3")));
        Only(result, WorkerLost).Node.ShouldBe("worker-3");
        result.Events.Count(raised => raised.Kind == WorkerJoined && raised.Node == "worker-3").ShouldBe(2);
    }

    [Fact]
    public void A_restarted_worker_has_its_own_row_in_the_report_also_after_another_coordinator_adopted_the_job()
    {
        var again = Separate
            .WithWorkers(3, Speed.Constant(200))
            .At(seconds: 10, Fault.Kill("worker-2"))
            .At(seconds: 12, Fault.Restart("worker-2"));
        var before = Starts(again);
        before.Select(start => (start.Restarts, start.Absence is null)).ShouldBe([(0, false), (1, true)]);
        before.ShouldAllBe(start => start.Samples > 1_000);

        var moved = Starts(
            again
                .At(seconds: 20, Fault.Kill("first"))
                .At(seconds: 30, Fault.Kill("worker-2"))
                .At(seconds: 32, Fault.Restart("worker-2"))
        );
        moved.Select(start => (start.Restarts, start.Absence is null)).ShouldBe([(0, false), (1, false), (2, true)]);
        (moved[0].Samples, moved[0].Absence).ShouldBe((before[0].Samples, before[0].Absence));
        moved[0].Throughput.ShouldBe(before[0].Throughput, tolerance: 0.1);
        moved.ShouldAllBe(start => start.Samples > 1_000);

        static List<WorkerSummary> Starts(Simulation simulation) =>
            [.. Ended(simulation).Report!.Workers.Where(worker => worker.Node == "worker-2")];
    }

    [Fact]
    public void Workers_behind_a_partition_are_unreachable_until_it_is_healed()
    {
        var result = Ended(
            Four.At(seconds: 10, Fault.Partition("worker-1", "worker-2")).At(seconds: 16, Fault.HealPartition())
        );
        Nodes(result, WorkerUnreachable).ShouldBe(["worker-1", "worker-2"]);
        Nodes(result, WorkerReachable).ShouldBe(["worker-1", "worker-2"]);
    }

    [Fact]
    public void Shares_follow_a_change_of_speed()
    {
        var shares = Shares(Ended(Four.At(seconds: 10, Fault.Slow("worker-1", to: 0.25))));
        shares["worker-1"].ShouldBeLessThan(0.2);
        shares["worker-2"].ShouldBeGreaterThan(0.25);
    }

    [Fact]
    public void Ten_workers_that_join_share_the_remaining_work()
    {
        var result = Ended(Four.At(seconds: 10, Fault.Join(10, Speed.Constant(200))));
        result.Report!.Workers.Count.ShouldBe(14);
        result.Time.TotalSeconds.ShouldBeLessThan(25);
    }

    [Fact]
    public void Another_node_adopts_the_job_of_a_lost_coordinator_and_a_lost_server_ends_the_job()
    {
        var apart = Separate.WithWorkers(3, Speed.Constant(200));
        Only(Ended(apart.At(seconds: 10, Fault.Kill("first"))), CoordinatorMoved).Action.ShouldNotBeEmpty();

        var lost = apart.At(seconds: 10, Fault.Kill("server")).Run(Jobs.Create());
        lost.Failure!.ShouldContain("the server node server is lost");
        lost.Time.TotalSeconds.ShouldBeLessThan(13);
    }

    [Fact]
    public void A_job_whose_only_coordinator_is_killed_fails()
    {
        var lost = Four.At(seconds: 10, Fault.Kill("seed")).Run(Jobs.Create());
        lost.Failure.ShouldBe("The coordinator of the job is lost, and no other node can go on with it.");
        lost.Time.TotalSeconds.ShouldBeLessThan(13);
    }

    [Fact]
    public void A_job_that_waits_for_workers_outlives_its_coordinator_and_its_client_follows_it()
    {
        var result = Ended(
            Separate.At(seconds: 10, Fault.Kill("first")).At(seconds: 30, Fault.Join(2, Speed.Constant(200)))
        );
        result.Report!.SamplesApplied.ShouldBe(result.Report.SamplesExpected);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(4)]
    public void Another_node_adopts_a_job_whose_coordinator_is_lost_while_many_workers_join(
        int millisecondsAfterTheFirst
    )
    {
        const int firstWorkers = 3;
        var many = Separate
            .WithWorkers(firstWorkers, Speed.Constant(200))
            .At(seconds: 6, Fault.Join(200, Speed.Constant(20)));
        var (began, _) = many.Run(Jobs.Create())
            .ShouldSucceed()
            .Happened.Where(raised => raised.Event.Kind == WorkerJoined)
            .ElementAt(firstWorkers);
        Only(
            many.At(began.TotalSeconds + 0.001 * millisecondsAfterTheFirst, Fault.Kill("first"))
                .Run(Jobs.Create())
                .ShouldSucceed(),
            CoordinatorMoved
        );
    }

    [Fact]
    public void Workers_that_join_at_once_share_a_job_snapshot()
    {
        const int workers = 500;
        var run = Separate
            .WithWorkers(workers, Speed.Constant(200))
            .Run(Jobs.Create($"epochs = 1, minimum-workers = {workers}"))
            .ShouldSucceed();
        run.Events.Count(raised => raised.Kind == WorkerJoined).ShouldBe(workers);
        run.Links.Single(link => link is { From: "first", To: "server" }).Messages.ShouldBeLessThan(workers / 2);
    }

    [Fact]
    public void Traffic_is_counted_for_each_link()
    {
        var links = Ended(Four).Links;
        // 750 pushes of ten parameters each, at least.
        links.Single(link => link is { From: "worker-1", To: "seed" }).Bytes.ShouldBeGreaterThan(750 * 40);
        links.ShouldNotContain(link => link.From == "worker-1" && link.To == "worker-2");
    }

    [Fact]
    public void A_slow_link_delays_only_its_worker()
    {
        var near = Ended(Four).Report!.Workers.Single(worker => worker.Node == "worker-1");
        var far = Ended(Four.WithLink("seed", "worker-1", TimeSpan.FromMilliseconds(100), 1e6))
            .Report!.Workers.Single(worker => worker.Node == "worker-1");
        far.Samples.ShouldBeLessThan(near.Samples / 2);
    }

    [Fact]
    public void A_run_can_be_advanced_step_by_step()
    {
        using var run = Four.Start(Jobs.Create());
        run.Advance(TimeSpan.FromSeconds(10));
        run.Progress!.SamplesApplied.ShouldBeInRange(3_500, 8_000);
        run.Make(Fault.Kill("worker-4"));
        run.Advance(TimeSpan.FromSeconds(1));
        run.Events.Last().Kind.ShouldBe(WorkerLost);
        run.ToEnd().Violations.ShouldBeEmpty();
    }

    [Fact]
    public void The_code_of_a_simulation_creates_it() =>
        new Simulation(Seed: 7)
            .WithWorkers(1, Speed.Exponential(10))
            .At(seconds: 1.5, Fault.Partition("worker-1"))
            .At(seconds: 2, Fault.HealPartition())
            .ToCode()
            .ShouldBe(
                """
                new Simulation(Seed: 7)
                    .WithNode(new NodePlan("worker-1", ["worker"], Speed.Exponential(10)))
                    .At(seconds: 1.5, Fault.Partition("worker-1"))
                    .At(seconds: 2, Fault.HealPartition())
                """.ReplaceLineEndings("\n")
            );

    private static SimulationResult Ended(Simulation simulation) => simulation.Run(Jobs.Create()).ShouldSucceed();

    private static SupervisionEvent Only(SimulationResult result, string kind) =>
        result.Events.Single(raised => raised.Kind == kind);

    private static IEnumerable<string> Nodes(SimulationResult result, string kind) =>
        result.Events.Where(raised => raised.Kind == kind).Select(raised => raised.Node).Order();

    private static Dictionary<string, double> Shares(SimulationResult result) =>
        result.Report!.Workers.ToDictionary(worker => worker.Node, worker => worker.Share);
}
