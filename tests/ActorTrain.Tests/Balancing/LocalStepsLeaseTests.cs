using ActorTrain.Balancing;
using ActorTrain.Leases;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

/// <summary>With local steps leases consist of whole pushes.</summary>
public sealed class LocalStepsLeaseTests : LeasePlannerTestBase
{
    [Fact]
    public void With_local_steps_micro_batches_have_the_jobs_size_and_leases_are_whole_pushes()
    {
        PlannedWorker[] workers = [Worker("strong", 300), Worker("weak", 100) with { MostSamples = 8 }];
        // A push is 10 · 32 samples, a lease without them 4 · 32.
        var (strong, weak) = (NextLocal(workers, "strong", 10), NextLocal(workers, "weak", 10));
        (strong.MicroBatchSize, strong.LocalSteps, strong.Range.Count).ShouldBe((Batch, 10, 320));
        (weak.MicroBatchSize, weak.LocalSteps, weak.Range.Count).ShouldBe((Batch, 10, 320));
        // Of two steps, the strong one's 192 samples are three pushes.
        NextLocal(workers, "strong", 2).Range.Count.ShouldBe(192);
    }

    [Fact]
    public void With_local_steps_that_follow_speed_pushes_take_equally_long()
    {
        PlannedWorker[] workers = [Worker("strong", 300), Worker("weak", 100)];
        var (strong, weak) = (
            NextLocal(workers, "strong", 9, followSpeed: true),
            NextLocal(workers, "weak", 9, followSpeed: true)
        );
        (strong.LocalSteps, strong.PartSamples).ShouldBe((9, 288));
        (weak.LocalSteps, weak.PartSamples).ShouldBe((3, 96));
    }

    [Fact]
    public void One_local_step_means_none() => NextLocal([Worker("a", 100)], "a", 1).LocalSteps.ShouldBe(0);

    [Fact]
    public void With_local_steps_a_repeat_consists_of_the_holders_pushes()
    {
        var table = new LeaseTable(samples: 160, epochs: 1);
        table.Take("slow", epoch: 1, size: 160, microBatch: 10, Noon, localSteps: 4);
        var repeat = Local(4).Begin(table, [Worker("slow", 10), Worker("strong", 30)], Noon).Next("strong")!.Lease;
        repeat.ShouldBe(new Lease(2, new SampleRange(1, 40, 120), MicroBatchSize: 10, LocalSteps: 4));
    }

    [Fact]
    public void Leases_of_local_steps_are_whole_pushes_until_an_epochs_last() =>
        Gen.Select(Gen.Double[1, 1000].Array[1, 6], Gen.Int[1, 20_000], Gen.Int[2, 20], Gen.Bool)
            .Sample(
                (speeds, samples, steps, followSpeed) =>
                {
                    var workers = speeds.Select((speed, i) => Worker($"{i}", speed)).ToArray();
                    var (table, now) = (new LeaseTable(samples, epochs: 1), Noon);
                    var granted = 0;
                    while (granted < samples)
                    {
                        var round = Local(steps, followSpeed).Begin(table, workers, now);
                        foreach (var worker in workers)
                        {
                            var left = samples - granted;
                            var far = round.Division.FarFromTheEnd(worker.Node, left);
                            if (left == 0 || round.Next(worker.Node) is not { Repeats: null, Lease: var lease })
                                continue;
                            granted += lease.Range.Count;
                            if (lease.Range.Count % lease.PartSamples != 0)
                                granted.ShouldBe(samples);
                            if (far is var (size, microBatch, localSteps))
                                (lease.Range.Count, lease.MicroBatchSize, lease.LocalSteps).ShouldBe(
                                    (size, microBatch, localSteps)
                                );
                        }
                        now += TimeSpan.FromMinutes(10);
                    }
                },
                iter: 100
            );

    private static LeasePlanner Local(int steps, bool followSpeed = false) =>
        new(Jobs.ByStrength, Batch, LeaseBatches, Jobs.LocalSteps(steps, followSpeed: followSpeed));

    private static Lease NextLocal(PlannedWorker[] workers, string node, int steps, bool followSpeed = false) =>
        Local(steps, followSpeed).Begin(new LeaseTable(100_000, 1), workers, Noon).Next(node)!.Lease;
}
