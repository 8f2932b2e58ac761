using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

/// <summary>Jobs of 3 · 10,000 samples in micro-batches of 10.</summary>
public sealed class LocalStepsTests
{
    /// <summary>An outer optimizer that applies a worker's change unchanged.</summary>
    private const string OuterUnchanged = "outer { learning-rate = 1, momentum = 0, nesterov = off }";

    private static readonly Simulation Four = Workers(4);

    [Fact]
    public void A_push_stands_for_all_local_steps_and_every_sample_counts_once()
    {
        var (every, tenth) = (Ended(Four, ""), Ended(Four, $"local-steps {{ steps = 10, {OuterUnchanged} }}"));

        tenth.Report!.SamplesApplied.ShouldBe(30_000);
        Pushes(every).ShouldBe(3000);
        Pushes(tenth).ShouldBe(300);
        tenth.Links.Sum(link => link.Bytes).ShouldBeLessThan(every.Links.Sum(link => link.Bytes) / 2);
        tenth.Report.Throughput.ShouldBeGreaterThan(0.99 * every.Report!.Throughput);
    }

    [Fact]
    public void Every_sample_counts_once_when_workers_are_killed_frozen_or_cut_off_within_local_steps()
    {
        var troubled = Four.At(seconds: 10, Fault.Kill("worker-2"))
            .At(seconds: 12, Fault.Freeze("worker-3"))
            .At(seconds: 19, Fault.Thaw("worker-3"))
            .At(seconds: 21, Fault.Partition("worker-1"))
            .At(seconds: 28, Fault.HealPartition());
        Ended(troubled, $"local-steps {{ steps = 10, {OuterUnchanged} }}").Report!.SamplesApplied.ShouldBe(30_000);
    }

    [Theory, InlineData("sgd", 0), InlineData("sgd", 0.9), InlineData("adamw", 0)]
    public void Local_steps_of_one_worker_are_as_many_steps_of_the_inner_optimizer(string rule, double momentum)
    {
        var settings = FormattableString.Invariant(
            $"optimizer {{ name = {rule}, momentum = {momentum} }}\n gradient-clip-norm = 1"
        );
        var alone = Workers(1) with { Engines = AnalyticEngines.Small(noise: 1) };
        var (plain, local) = (
            Weights(Ended(alone, settings)),
            Weights(Ended(alone, $"{settings}\n local-steps {{ steps = 8, {OuterUnchanged} }}"))
        );
        Math.Sqrt(
                local.Zip(plain).Sum(pair => Math.Pow(pair.First - (double)pair.Second, 2))
                    / plain.Sum(value => (double)value * value)
            )
            .ShouldBeLessThan(1e-6);
    }

    [Theory, InlineData(1), InlineData(4), InlineData(8)]
    public void A_job_learns_by_them_whatever_the_number_of_workers(int workers)
    {
        var noisy = Workers(workers) with { Engines = AnalyticEngines.Small(noise: 1) };
        var losses = Ended(noisy, $"staleness.policy = accept\n local-steps {{ steps = 10, {OuterUnchanged} }}")
            .Report!.Epochs.Select(epoch => epoch.TestLoss!.Value)
            .ToList();
        losses.ShouldBe(losses.OrderDescending());
        losses[^1]
            .ShouldBe(Ended(noisy, "staleness.policy = accept").Report!.Epochs[^1].TestLoss!.Value, tolerance: 0.003);
    }

    [Fact]
    public void With_follow_speed_a_slow_worker_pushes_as_often_as_a_fast_one()
    {
        var unequal = new Simulation(Seed: 1)
            .WithSeed()
            .WithWorkers(1, Speed.Constant(400))
            .WithWorkers(2, Speed.Constant(100));
        var follows = PushesOf(Ended(unequal, $"local-steps {{ steps = 20, follow-speed = on, {OuterUnchanged} }}"));
        var equal = PushesOf(Ended(unequal, $"local-steps {{ steps = 20, {OuterUnchanged} }}"));

        ((double)follows["worker-1"] / follows["worker-2"]).ShouldBe(1, tolerance: 0.15);
        ((double)equal["worker-1"] / equal["worker-2"]).ShouldBe(4, tolerance: 0.6);
    }

    [Fact]
    public void A_push_with_a_gradient_that_is_not_finite_is_refused_and_repeated()
    {
        var result = Ended(
            Four.At(seconds: 10, Fault.NotFinite("worker-2", gradients: 1)),
            $"local-steps {{ steps = 10, {OuterUnchanged} }}"
        );
        var refused = result.Events.Single(raised => raised.Kind == SupervisionEventKinds.GradientsNotFinite);
        refused.Node.ShouldBe("worker-2");
        refused.Action.ShouldBe("its 100 samples are granted again");
        Weights(result).ShouldAllBe(weight => float.IsFinite(weight));
    }

    private static Simulation Workers(int count) =>
        new Simulation(Seed: 1).WithSeed().WithWorkers(count, Speed.Constant(200));

    private static SimulationResult Ended(Simulation simulation, string settings) =>
        simulation.Run(Jobs.Create(settings)).ShouldSucceed();

    private static long Pushes(SimulationResult result) => result.Report!.Workers.Sum(worker => worker.Pushes);

    private static Dictionary<string, long> PushesOf(SimulationResult result) =>
        result.Report!.Workers.ToDictionary(worker => worker.Node, worker => (long)worker.Pushes);

    private static float[] Weights(SimulationResult result) => result.Model!.Parameters.ToArray();
}
