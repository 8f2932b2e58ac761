using ActorTrain.Balancing;
using ActorTrain.Leases;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

/// <summary>The sizes of leases, and which worker gets one at the end of an epoch.</summary>
public sealed class LeasePlannerTests : LeasePlannerTestBase
{
    [Fact]
    public void GPUs_come_first_then_the_faster_then_by_name() =>
        PlannedWorker
            .StrongestFirst([Worker("d", 50), Worker("c", 50), Worker("b", 900), Worker("a", 10) with { IsGpu = true }])
            .Select(worker => worker.Node)
            .ShouldBe(["a", "b", "c", "d"]);

    [Fact]
    public void Equal_workers_get_the_jobs_leases()
    {
        var table = new LeaseTable(samples: 10_000, epochs: 1);
        PlannedWorker[] workers = [Worker("a", 100), Worker("b", 105)];
        foreach (var (node, start) in new[] { ("a", 0), ("b", 128), ("a", 256) })
        {
            var lease = Next(table, workers, node)!.Lease;
            lease.Range.ShouldBe(new SampleRange(1, start, Batch * LeaseBatches));
            lease.MicroBatchSize.ShouldBe(Batch);
        }
    }

    [Fact]
    public void A_stronger_worker_gets_longer_leases_of_larger_micro_batches()
    {
        var table = new LeaseTable(samples: 10_000, epochs: 1);
        PlannedWorker[] workers = [Worker("strong", 300), Worker("weak", 100)];

        var (strong, weak) = (Next(table, workers, "strong")!.Lease, Next(table, workers, "weak")!.Lease);

        (strong.MicroBatchSize, strong.Range.Count).ShouldBe((48, 192));
        (weak.MicroBatchSize, weak.Range.Count).ShouldBe((16, 64));
    }

    [Fact]
    public void What_is_switched_off_stays_as_the_job_says()
    {
        PlannedWorker[] workers = [Worker("strong", 300), Worker("weak", 100)];
        var equal = new LeasePlanner(Jobs.Equal, Batch, LeaseBatches);
        equal.MicroBatchesOf(workers).ShouldBe([Batch, Batch]);
        equal.Begin(new LeaseTable(10_000, 1), workers, Noon).Next("weak")!.Lease.Range.Count.ShouldBe(128);

        var leases = new LeasePlanner(
            new BalanceOptions(MicroBatch: false, Lease: true, Repeat: false),
            Batch,
            LeaseBatches
        );
        leases
            .Begin(new LeaseTable(10_000, 1), workers, Noon)
            .Next("strong")!
            .Lease.ShouldBe(new Lease(1, new SampleRange(1, 0, 192), Batch));

        var batches = new LeasePlanner(
            new BalanceOptions(MicroBatch: true, Lease: false, Repeat: false),
            Batch,
            LeaseBatches
        );
        batches
            .Begin(new LeaseTable(10_000, 1), workers, Noon)
            .Next("strong")!
            .Lease.ShouldBe(new Lease(1, new SampleRange(1, 0, 144), 48));
    }

    [Fact]
    public void A_small_memory_shortens_the_micro_batch_and_not_the_lease()
    {
        var lease = Next(
            new LeaseTable(10_000, 1),
            [Worker("a", 100) with { MostSamples = 8 }, Worker("b", 100)],
            "a"
        )!.Lease;
        (lease.MicroBatchSize, lease.Range.Count).ShouldBe((8, 128));
    }

    [Theory, InlineData(1, 128), InlineData(0.5, 64), InlineData(0.25, 32), InlineData(0.01, 32)]
    public void A_factor_shortens_leases_to_a_micro_batch_at_the_least(double factor, int count) =>
        Next(new LeaseTable(10_000, 1), [Worker("a", 100) with { LeaseFactor = factor }, Worker("b", 100)], "a")!
            .Lease.Range.Count.ShouldBe(count);

    [Fact]
    public void A_single_worker_gets_whole_leases_to_the_end()
    {
        var table = new LeaseTable(samples: 300, epochs: 1);
        var counts = new List<int>();
        while (Next(table, [Worker("a", 100)], "a") is { } next)
            counts.Add(next.Lease.Range.Count);
        counts.ShouldBe([128, 128, 44]);
    }

    [Fact]
    public void At_the_end_of_an_epoch_leases_shrink_to_one_micro_batch()
    {
        var table = new LeaseTable(samples: 640, epochs: 1);
        PlannedWorker[] workers = [Worker("a", 100), Worker("b", 100)];
        var (counts, now) = (new List<int>(), Noon);
        for (var i = 0; table.Offers.Any(offer => offer.Samples > 0); i++)
        {
            // Each lease ends before the next is granted: both workers are always idle.
            if (Planner.Begin(table, workers, now).Next(i % 2 == 0 ? "a" : "b") is not { } next)
                continue;
            counts.Add(next.Lease.Range.Count);
            table.End(next.Lease.Id, [], round: 1);
        }
        counts[0].ShouldBe(128);
        counts.ShouldBe(counts.OrderDescending());
        counts[^1].ShouldBe(Batch);
    }

    [Fact]
    public void A_weak_worker_leaves_the_end_of_an_epoch_to_others_and_gets_work_of_the_next()
    {
        var table = new LeaseTable(samples: 2000, epochs: 2);
        PlannedWorker[] workers = [Worker("strong", 1000), Worker("weak", 10)];
        table.Take("gone", epoch: 1, size: 1900, microBatch: Batch, Noon);

        // The strong worker trains on the last hundred samples in a tenth of a second; the weak one needs longer for
        // one micro-batch.
        Next(table, workers, "weak")!.Lease.Range.Epoch.ShouldBe(2);
        Next(table, workers, "strong")!.Lease.Range.Epoch.ShouldBe(1);
    }

    [Fact]
    public void In_the_last_epoch_a_weak_worker_gets_no_lease_at_the_end()
    {
        var table = new LeaseTable(samples: 1000, epochs: 1);
        PlannedWorker[] workers = [Worker("strong", 1000), Worker("weak", 10)];
        table.Take("gone", epoch: 1, size: 900, microBatch: Batch, Noon);
        Next(table, workers, "weak").ShouldBeNull();
        Next(table, workers, "strong").ShouldNotBeNull();
    }

    [Fact]
    public void No_work_is_left_to_a_worker_that_is_long_overdue()
    {
        var table = new LeaseTable(samples: 1000, epochs: 1);
        PlannedWorker[] workers = [Worker("strong", 1000), Worker("weak", 10)];
        table.Take("strong", epoch: 1, size: 900, microBatch: Batch, Noon);

        // 0.9 s of work: the planner relies on it until twice that and a second have passed.
        Planner.Begin(table, workers, Noon + TimeSpan.FromSeconds(2.8)).Next("weak").ShouldBeNull();
        Planner.Begin(table, workers, Noon + TimeSpan.FromSeconds(2.81)).Next("weak")!.Lease.Range.Start.ShouldBe(900);
    }

    [Fact]
    public void No_work_is_left_to_an_unavailable_worker()
    {
        var table = new LeaseTable(samples: 1000, epochs: 1);
        table.Take("gone", epoch: 1, size: 900, microBatch: Batch, Noon);
        Next(table, [Worker("strong", 1000) with { IsUnavailable = true }, Worker("weak", 10)], "weak")!
            .Lease.Range.Start.ShouldBe(900);
    }

    [Fact]
    public void A_worker_of_unknown_throughput_gets_a_lease_that_measures_it()
    {
        var table = new LeaseTable(samples: 1000, epochs: 1);
        table.Take("gone", epoch: 1, size: 900, microBatch: Batch, Noon);
        Next(table, [Worker("strong", 1000), Worker("new", 0)], "new")!.Lease.Range.Start.ShouldBe(900);
    }

    [Fact]
    public void A_round_decides_for_each_worker_as_a_round_of_its_own_does() =>
        Gen.Select(Gen.Double[0.1, 1000].Array[1, 8], Gen.Int[50, 2000], Gen.Int[0, 5000])
            .Sample(
                (speeds, samples, taken) =>
                {
                    var workers = speeds.Select((speed, i) => Worker($"{i}", speed)).ToArray();
                    var (together, alone) = (new LeaseTable(samples, epochs: 2), new LeaseTable(samples, epochs: 2));
                    foreach (var table in new[] { together, alone })
                        table.Take("0", epoch: 1, size: Math.Clamp(taken, 1, samples), microBatch: Batch, Noon);
                    var later = Noon + TimeSpan.FromSeconds(1);
                    var round = Planner.Begin(together, workers, later);
                    for (var repetition = 0; repetition < 3; repetition++)
                        foreach (var worker in workers)
                            (round.Next(worker.Node)?.Lease.Range).ShouldBe(
                                Planner.Begin(alone, workers, later).Next(worker.Node)?.Lease.Range
                            );
                    together.Offers.ShouldBe(alone.Offers);
                }
            );

    [Fact]
    public void Far_from_the_end_a_worker_gets_what_a_round_over_all_workers_would_grant() =>
        Gen.Select(Gen.Double[0.1, 1000].Array[1, 8], Gen.Int[1, 200_000], Gen.Int[1, 3])
            .Sample(
                (speeds, samples, repetitions) =>
                {
                    var workers = speeds.Select((speed, i) => Worker($"{i}", speed)).ToArray();
                    var table = new LeaseTable(samples, epochs: 2);
                    var round = Planner.Begin(table, workers, Noon);
                    for (var i = 0; i < repetitions; i++)
                    {
                        foreach (var worker in workers)
                        {
                            var left = table.Offers.First(offer => offer.Samples > 0).Samples;
                            if (round.Division.FarFromTheEnd(worker.Node, left) is not var (size, microBatch, _))
                                continue;
                            var lease = round.Next(worker.Node)!.Lease;
                            (lease.Range.Count, lease.MicroBatchSize).ShouldBe((size, microBatch));
                        }
                    }
                }
            );
}
