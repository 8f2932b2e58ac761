using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

public sealed class ConsistencyTests
{
    private const string Deterministic =
        "shards = 2\n consistency { name = synchronous, synchronous { global-batch-size = 40, deterministic = on } }\n "
        + "optimizer { name = sgd, learning-rate = 0.05, momentum = 0.9 }";

    private const string Equal = "balance { micro-batch = off, lease = off, repeat = off }";

    [Theory, InlineData("synchronous"), InlineData("bounded"), InlineData("asynchronous")]
    public void Each_consistency_model_applies_every_sample_once(string name)
    {
        var result = Cluster(4).Run(Jobs.Create($"minimum-workers = 4\n consistency.name = {name}")).ShouldSucceed();
        result.Report!.Consistency.ShouldBe(name);
        result.Report.SamplesApplied.ShouldBe(result.Report.SamplesExpected);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_synchronous_step_is_one_update_also_when_workers_are_killed_or_frozen(int seed)
    {
        var report = Cluster(4, seed)
            .At(seconds: 12, Fault.Kill("worker-2"))
            .At(seconds: 14, Fault.Freeze("worker-3"))
            .At(seconds: 16, Fault.Join(1, Speed.Constant(300)))
            .At(seconds: 30, Fault.Thaw("worker-3"))
            .Run(
                Jobs.Create(
                    "minimum-workers = 4\n consistency { name = synchronous, synchronous.global-batch-size = 40 }"
                )
            )
            .ShouldSucceed()
            .Report!;
        // 3 epochs of 4,000 samples.
        report.Shards.ShouldAllBe(shard => shard.Version == 300);
        report.Staleness.Max.ShouldBe(0);
    }

    [Fact]
    public void A_deterministic_job_gives_the_same_bits_with_any_number_of_workers_and_when_workers_are_killed()
    {
        var alone = Weights(Cluster(1));
        Weights(Cluster(2)).ShouldBe(alone);
        Weights(Cluster(4, seed: 3)).ShouldBe(alone);
        var killed = Run(
            Cluster(4, seed: 4).At(seconds: 12, Fault.Kill("worker-1")).At(seconds: 13.37, Fault.Kill("worker-4"))
        );
        killed.Events.Count(raised => raised.Kind == SupervisionEventKinds.WorkerLost).ShouldBe(2);
        killed.Model!.Parameters.ToArray().ShouldBe(alone);
        Weights(Cluster(2), "seed = 2").ShouldNotBe(alone);
    }

    [Fact]
    public void A_step_does_not_wait_for_its_backup_worker()
    {
        var simulation = Cluster(4).WithWorkers(1, Speed.Constant(20));
        var withBackup = simulation
            .Run(
                Jobs.Create(
                    "minimum-workers = 5\n balance.micro-batch = off\n consistency { name = synchronous, "
                        + "synchronous.backup-workers = 1 }"
                )
            )
            .ShouldSucceed();
        var without = simulation
            .Run(Jobs.Create("minimum-workers = 5\n balance.micro-batch = off\n consistency { name = synchronous }"))
            .ShouldSucceed();
        withBackup.Report!.SamplesApplied.ShouldBe(withBackup.Report.SamplesExpected);
        withBackup.Time.ShouldBeLessThan(without.Time);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(3)]
    public void A_worker_that_begins_a_gradient_is_ahead_by_the_bound_at_most(int staleness)
    {
        // While the slowest computes one gradient, each other worker can push 2 s + 1.
        var report = Cluster(2)
            .WithWorkers(1, Speed.Constant(50))
            .Run(
                Jobs.Create(
                    $"minimum-workers = 3\n {Equal}\n consistency.name = bounded\n consistency.bounded.staleness = "
                        + $"{staleness}"
                )
            )
            .ShouldSucceed()
            .Report!;
        report.Staleness.Max.ShouldBeLessThanOrEqualTo(2 * (2 * staleness + 1));
        report.Workers.Max(worker => worker.Pushes).ShouldBeLessThan(3 * 400 / 3 + 3 * (staleness + 2));
    }

    /// <summary>
    /// Each of two shards would close its own steps, and a worker that misses a step at one of them would never go on.
    /// </summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void With_backup_workers_a_job_has_one_shard(int seed)
    {
        var simulation = Cluster(4, seed).WithNode(new NodePlan("server-2", ["server"], Speed.Constant(1)));
        foreach (
            var (worker, server, milliseconds) in new[]
            {
                ("worker-1", "server-2", 30),
                ("worker-2", "seed", 25),
                ("worker-3", "server-2", 18),
            }
        )
            simulation = simulation.WithLink(worker, server, TimeSpan.FromMilliseconds(milliseconds), 1e8);
        simulation
            .Run(
                Jobs.Create(
                    "minimum-workers = 4\n balance.micro-batch = off\n consistency { name = synchronous, "
                        + "synchronous.backup-workers = 1 }"
                )
            )
            .ShouldSucceed()
            .Report!.Shards.Count.ShouldBe(1);
    }

    [Theory, InlineData(1), InlineData(2)]
    public void With_unequal_links_every_shard_applies_every_sample(int seed)
    {
        var simulation = Cluster(4, seed).WithNode(new NodePlan("server-2", ["server"], Speed.Constant(1)));
        foreach (
            var (worker, server, milliseconds) in new[]
            {
                ("worker-1", "server-2", 30),
                ("worker-2", "seed", 25),
                ("worker-3", "server-2", 18),
            }
        )
            simulation = simulation.WithLink(worker, server, TimeSpan.FromMilliseconds(milliseconds), 1e8);
        simulation
            .At(seconds: 9, Fault.Kill("worker-1"))
            .Run(
                Jobs.Create(
                    "minimum-workers = 4\n consistency { name = synchronous, synchronous.global-batch-size = 40 }"
                )
            )
            .ShouldSucceed()
            .Report!.Shards.Count.ShouldBe(2);
    }

    /// <summary>
    /// The k-th of n exponential times is 1/n + … + 1/(n−k+1) in the mean (Chen et al. 2016). A step takes that long,
    /// since links and shards take no time here.
    /// </summary>
    [Theory, InlineData(20, 0), InlineData(20, 4)]
    public void A_step_with_backup_workers_takes_as_long_as_the_gradients_that_it_needs(int workers, int backup)
    {
        const int batch = 10,
            steps = 800;
        var simulation = new Simulation(1)
        {
            Engines = AnalyticEngines.Small(4, batch * (workers - backup) * steps),
            Links = NetworkOptions.None,
            Costs = CostOptions.None,
        }
            .WithSeed()
            .WithWorkers(workers, Speed.Exponential(batch));
        var report = simulation
            .Run(
                Jobs.Create(
                    $"epochs = 1\n minimum-workers = {workers}\n {Equal}\n consistency {{ name = synchronous, "
                        + $"synchronous.backup-workers = {backup} }}"
                )
            )
            .ShouldSucceed()
            .Report!;
        var expected = Enumerable.Range(backup + 1, workers - backup).Sum(i => 1.0 / i);
        (report.WallSeconds / report.Shards[0].Version).ShouldBe(expected, tolerance: 0.04 * expected);
        report.Shards[0].Version.ShouldBeInRange(steps, steps + 20);
    }

    private static SimulationResult Run(Simulation simulation, string more = "") =>
        simulation.Run(Jobs.Create($"{Deterministic}\n {more}")).ShouldSucceed();

    private static float[] Weights(Simulation simulation, string more = "") =>
        Run(simulation, more).Model!.Parameters.ToArray();

    private static Simulation Cluster(int workers, int seed = 1)
    {
        var simulation = new Simulation(seed)
        {
            Engines = AnalyticEngines.Small(parameters: 40, trainSamples: 4_000, noise: 1),
            Links = NetworkOptions.Default,
        }.WithSeed();
        for (var i = 0; i < workers; i++)
            simulation = simulation.WithWorkers(
                1,
                i % 2 == 0 ? Speed.Exponential(200 + 40 * i) : Speed.Constant(300 + 30 * i)
            );
        return simulation;
    }
}
