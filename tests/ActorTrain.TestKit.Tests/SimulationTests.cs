using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;
using static ActorTrain.Supervision.SupervisionEventKinds;

namespace ActorTrain.TestKit.Tests;

public sealed class SimulationTests
{
    /// <summary>Two nodes that may hold the coordinator, and the parameters on a third.</summary>
    private static Simulation Apart =>
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
    public void The_same_seed_gives_the_same_event_log_byte_for_byte_and_another_seed_another()
    {
        var script = Four.At(seconds: 4, Fault.Kill("worker-2"))
            .At(seconds: 5, Fault.Freeze("worker-3"))
            .At(seconds: 15, Fault.Thaw("worker-3"));
        var first = Ended(script);
        Ended(script).EventLog.ShouldBe(first.EventLog);
        Ended(script with { Seed = 2 }).Hash.ShouldNotBe(first.Hash);
    }

    [Fact]
    public void A_killed_worker_is_lost_in_less_than_half_a_second_and_its_work_is_done_by_others()
    {
        var result = Ended(Four.At(seconds: 10, Fault.Kill("worker-2")));
        Only(result, WorkerLost).Node.ShouldBe("worker-2");
        // The job was accepted two seconds after the beginning.
        Only(result, WorkerLost).At.ShouldBe(8.4, tolerance: 0.1);
    }

    [Fact]
    public void A_frozen_worker_is_unreachable_and_lives_anew_when_it_goes_on()
    {
        var result = Ended(Four.At(seconds: 10, Fault.Freeze("worker-3")).At(seconds: 17, Fault.Thaw("worker-3")));
        Only(result, WorkerUnreachable).Node.ShouldBe("worker-3");
        Only(result, WorkerReachable).Node.ShouldBe("worker-3");
        Only(result, WorkerReachable).At.ShouldBeGreaterThan(Only(result, WorkerUnreachable).At);
    }

    [Fact]
    public void One_that_stood_still_for_long_is_taken_out_and_joins_as_a_new_one()
    {
        var result = Ended(Four.At(seconds: 5, Fault.Freeze("worker-3")).At(seconds: 20, Fault.Thaw("worker-3")));
        Only(result, WorkerLost).Node.ShouldBe("worker-3");
        result.Events.Count(happened => happened.Kind == WorkerJoined && happened.Node == "worker-3").ShouldBe(2);
    }

    [Fact]
    public void One_that_was_started_again_is_told_apart_from_the_one_before_also_by_another_coordinator()
    {
        var again = Apart
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
        (moved[0].Samples, moved[0].Throughput, moved[0].Absence).ShouldBe(
            (before[0].Samples, before[0].Throughput, before[0].Absence)
        );
        moved.ShouldAllBe(start => start.Samples > 1_000);

        static List<WorkerSummary> Starts(Simulation simulation) =>
            [.. Ended(simulation).Report!.Workers.Where(worker => worker.Node == "worker-2")];
    }

    [Fact]
    public void Those_who_are_cut_off_are_unreachable_until_the_cut_is_healed()
    {
        var result = Ended(Four.At(seconds: 10, Fault.Cut("worker-1", "worker-2")).At(seconds: 16, Fault.Heal()));
        Nodes(result, WorkerUnreachable).ShouldBe(["worker-1", "worker-2"]);
        Nodes(result, WorkerReachable).ShouldBe(["worker-1", "worker-2"]);
    }

    [Fact]
    public void Shares_follow_a_speed_that_changes()
    {
        var shares = Shares(Ended(Four.At(seconds: 10, Fault.Slow("worker-1", to: 0.25))));
        shares["worker-1"].ShouldBeLessThan(0.2);
        shares["worker-2"].ShouldBeGreaterThan(0.25);
    }

    [Fact]
    public void Ten_that_join_share_what_is_left()
    {
        var result = Ended(Four.At(seconds: 10, Fault.Join(10, Speed.Constant(200))));
        result.Report!.Workers.Count.ShouldBe(14);
        result.Time.TotalSeconds.ShouldBeLessThan(25);
    }

    [Fact]
    public void A_lost_coordinator_is_followed_by_another_and_a_lost_server_ends_the_job_at_once()
    {
        var apart = Apart.WithWorkers(3, Speed.Constant(200));
        Only(Ended(apart.At(seconds: 10, Fault.Kill("first"))), CoordinatorMoved).Remedy.ShouldNotBeEmpty();

        var lost = apart.At(seconds: 10, Fault.Kill("server")).Run(Jobs.Of());
        lost.Failure!.ShouldContain("the server node server is lost");
        lost.Time.TotalSeconds.ShouldBeLessThan(13);
    }

    [Fact]
    public void A_job_whose_only_coordinator_is_killed_ends_as_a_real_one_does()
    {
        var lost = Four.At(seconds: 10, Fault.Kill("seed")).Run(Jobs.Of());
        lost.Failure.ShouldBe("The coordinator of the job is lost, and no other node can go on with it.");
        lost.Time.TotalSeconds.ShouldBeLessThan(13);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(4)]
    public void A_coordinator_that_is_lost_while_many_lives_begin_is_followed_by_another(int millisecondsAfterTheFirst)
    {
        const int few = 3;
        var many = Apart.WithWorkers(few, Speed.Constant(200)).At(seconds: 6, Fault.Join(200, Speed.Constant(20)));
        var (began, _) = many.Run(Jobs.Of())
            .ShouldBeSound()
            .Happened.Where(happened => happened.Event.Kind == WorkerJoined)
            .ElementAt(few);
        Only(
            many.At(began.TotalSeconds + 0.001 * millisecondsAfterTheFirst, Fault.Kill("first"))
                .Run(Jobs.Of())
                .ShouldBeSound(),
            CoordinatorMoved
        );
    }

    [Fact]
    public void Many_who_join_at_once_are_remembered_together()
    {
        const int workers = 500;
        var run = Apart
            .WithWorkers(workers, Speed.Constant(200))
            .Run(Jobs.Of($"epochs = 1, minimum-workers = {workers}"))
            .ShouldBeSound();
        run.Events.Count(happened => happened.Kind == WorkerJoined).ShouldBe(workers);
        run.Links.Single(link => link is { From: "first", To: "server" }).Messages.ShouldBeLessThan(workers / 2);
    }

    [Fact]
    public void What_travels_is_counted_link_by_link()
    {
        var links = Ended(Four).Links;
        // 750 pushes of ten parameters each, at least.
        links.Single(link => link is { From: "worker-1", To: "seed" }).Bytes.ShouldBeGreaterThan(750 * 40);
        links.ShouldNotContain(link => link.From == "worker-1" && link.To == "worker-2");
    }

    [Fact]
    public void A_slow_link_delays_its_worker_alone()
    {
        var near = Ended(Four).Report!.Workers.Single(worker => worker.Node == "worker-1");
        var far = Ended(Four.WithLink("seed", "worker-1", TimeSpan.FromMilliseconds(100), 1e6))
            .Report!.Workers.Single(worker => worker.Node == "worker-1");
        far.Samples.ShouldBeLessThan(near.Samples / 2);
    }

    [Fact]
    public void A_run_can_be_moved_on_by_hand()
    {
        using var run = Four.Start(Jobs.Of());
        run.Advance(TimeSpan.FromSeconds(10));
        run.Progress!.SamplesApplied.ShouldBeInRange(3_500, 8_000);
        run.Make(Fault.Kill("worker-4"));
        run.Advance(TimeSpan.FromSeconds(1));
        run.Events.Last().Kind.ShouldBe(WorkerLost);
        run.ToEnd().Violations.ShouldBeEmpty();
    }

    [Fact]
    public void A_simulation_is_told_as_the_code_that_makes_it() =>
        new Simulation(Seed: 7)
            .WithWorkers(1, Speed.Exponential(10))
            .At(seconds: 1.5, Fault.Cut("worker-1"))
            .At(seconds: 2, Fault.Heal())
            .ToCode()
            .ShouldBe(
                """
                new Simulation(Seed: 7)
                    .WithNode(new NodePlan("worker-1", ["worker"], Speed.Exponential(10)))
                    .At(seconds: 1.5, Fault.Cut("worker-1"))
                    .At(seconds: 2, Fault.Heal())
                """.ReplaceLineEndings("\n")
            );

    private static SimulationResult Ended(Simulation simulation) => simulation.Run(Jobs.Of()).ShouldBeSound();

    private static Supervision.SupervisionEvent Only(SimulationResult result, string kind) =>
        result.Events.Single(happened => happened.Kind == kind);

    private static IEnumerable<string> Nodes(SimulationResult result, string kind) =>
        result.Events.Where(happened => happened.Kind == kind).Select(happened => happened.Node).Order();

    private static Dictionary<string, double> Shares(SimulationResult result) =>
        result.Report!.Workers.ToDictionary(worker => worker.Node, worker => worker.Share);
}
