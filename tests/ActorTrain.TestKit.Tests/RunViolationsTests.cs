using ActorTrain.Job;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

public sealed class RunViolationsTests
{
    private static readonly TrainingReport Sound = new Simulation(Seed: 1)
        .WithSeed()
        .WithWorkers(1, Speed.Constant(1000))
        .Run(Jobs.Create("epochs = 1"))
        .Report!;

    [Fact]
    public void A_sound_run_has_none() =>
        RunViolations.Find([], [], Acknowledged((0, 10_000), (1, 10_000), (1, 200)), Sound).ShouldBeEmpty();

    [Fact]
    public void Violations_on_the_lane_and_failed_actors_count_without_a_report() =>
        RunViolations
            .Find(["shard 0 applied 1:0-9 twice"], ["an error"], Acknowledged((0, 5)), null)
            .ShouldBe(["shard 0 applied 1:0-9 twice", "an actor failed: an error"]);

    [Fact]
    public void Missing_samples_of_an_epoch_and_of_the_job_are_violations() =>
        RunViolations
            .Find(
                [],
                [],
                Acknowledged(),
                Sound with
                {
                    Epochs = [Sound.Epochs[0] with { Samples = 9_999 }],
                    SamplesApplied = 9_990,
                }
            )
            .ShouldBe(["9,999 of 10,000 samples of epoch 1 were applied", "9,990 of 10,000 samples were applied"]);

    [Fact]
    public void A_shard_that_acknowledged_too_few_or_too_many_samples_is_a_violation() =>
        RunViolations
            .Find([], [], Acknowledged((0, 10_000), (1, 10_010), (2, 1)), Sound)
            .ShouldBe([
                "a shard said that it applied 10,010 samples of 10,000",
                "a shard said that it applied 1 sample of 10,000",
            ]);

    [Fact]
    public void A_restored_shard_may_acknowledge_fewer_samples_but_not_more() =>
        RunViolations
            .Find([], [], Acknowledged((0, 400), (0, 9_900), (1, 400), (1, 10_001)), Sound)
            .ShouldBe(["a shard said that it applied 10,001 samples of 10,000"]);

    private static ILookup<int, long> Acknowledged(params (int Shard, long Samples)[] shards) =>
        shards.ToLookup(shard => shard.Shard, shard => shard.Samples);
}
