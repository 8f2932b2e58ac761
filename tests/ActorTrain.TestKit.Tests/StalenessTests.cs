using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

/// <summary>
/// Whole jobs under each staleness policy: three workers and one at a quarter of their speed. One worker is lost, and
/// one gets a new incarnation.
/// </summary>
public sealed class StalenessTests
{
    private static readonly Simulation Unequal = new Simulation(Seed: 1)
        .WithSeed()
        .WithWorkers(3, Speed.Constant(200))
        .WithWorkers(1, Speed.Constant(50))
        .At(seconds: 8, Fault.Kill("worker-2"))
        .At(seconds: 10, Fault.Freeze("worker-3"))
        .At(seconds: 17, Fault.Thaw("worker-3"));

    public static TheoryData<string> Policies => new(StalenessPolicy.All);

    [Theory, MemberData(nameof(Policies))]
    public void A_job_completes_and_every_sample_counts_once(string policy)
    {
        var result = Unequal
            .Run(
                Jobs.Create(
                    "shards = 2, max-in-flight-pushes = 1, optimizer.momentum = 0.5, " + $"staleness.policy = {policy}"
                )
            )
            .ShouldSucceed();
        result.Report!.SamplesApplied.ShouldBe(30_000);
        result.Report.Staleness.Max.ShouldBeGreaterThan(2);
        result.Report.Epochs[^1].TestLoss!.Value.ShouldBeLessThan(result.Report.Epochs[0].TestLoss!.Value);
    }

    [Fact]
    public void Samples_that_a_threshold_refuses_are_repeated()
    {
        var result = Unequal
            .Run(Jobs.Create("staleness { policy = delay-threshold, threshold = 3, demote-after = 0 }"))
            .ShouldSucceed();
        result.Report!.SamplesApplied.ShouldBe(30_000);
        result.Report.Staleness.Max.ShouldBe(2);
    }
}
