using ActorTrain.Balancing;
using ActorTrain.Leases;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

public sealed class LeasePlannerTests
{
    private const int Batch = 32;
    private const int LeaseBatches = 4;
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);
    private static readonly LeasePlanner Planner = new(Jobs.ByStrength, Batch, LeaseBatches);

    [Fact]
    public void GPUs_are_asked_first_then_the_faster_then_by_name() =>
        PlannedWorker
            .StrongestFirst([Worker("d", 50), Worker("c", 50), Worker("b", 900), Worker("a", 10) with { IsGpu = true }])
            .Select(worker => worker.Node)
            .ShouldBe(["a", "b", "c", "d"]);

    [Fact]
    public void Equal_workers_get_the_jobs_leases()
    {
        var book = new LeaseBook(samples: 10_000, epochs: 1);
        PlannedWorker[] workers = [Worker("a", 100), Worker("b", 105)];
        foreach (var (node, start) in new[] { ("a", 0), ("b", 128), ("a", 256) })
        {
            var lease = Next(book, workers, node)!.Lease;
            lease.Stretch.ShouldBe(new LeasePart(1, start, Batch * LeaseBatches));
            lease.MicroBatch.ShouldBe(Batch);
        }
    }

    [Fact]
    public void A_stronger_worker_gets_longer_leases_of_larger_micro_batches()
    {
        var book = new LeaseBook(samples: 10_000, epochs: 1);
        PlannedWorker[] workers = [Worker("strong", 300), Worker("weak", 100)];

        var (strong, weak) = (Next(book, workers, "strong")!.Lease, Next(book, workers, "weak")!.Lease);

        (strong.MicroBatch, strong.Stretch.Count).ShouldBe((48, 192));
        (weak.MicroBatch, weak.Stretch.Count).ShouldBe((16, 64));
    }

    [Fact]
    public void What_is_not_wanted_stays_as_the_job_says()
    {
        PlannedWorker[] workers = [Worker("strong", 300), Worker("weak", 100)];
        var equal = new LeasePlanner(Jobs.Equal, Batch, LeaseBatches);
        equal.MicroBatchesOf(workers).ShouldBe([Batch, Batch]);
        equal.Begin(new LeaseBook(10_000, 1), workers, Noon).Next("weak")!.Lease.Stretch.Count.ShouldBe(128);

        var leases = new LeasePlanner(
            new BalanceOptions(MicroBatch: false, Lease: true, Repeat: false),
            Batch,
            LeaseBatches
        );
        leases
            .Begin(new LeaseBook(10_000, 1), workers, Noon)
            .Next("strong")!
            .Lease.ShouldBe(new Lease(1, new LeasePart(1, 0, 192), Batch));

        var batches = new LeasePlanner(
            new BalanceOptions(MicroBatch: true, Lease: false, Repeat: false),
            Batch,
            LeaseBatches
        );
        batches
            .Begin(new LeaseBook(10_000, 1), workers, Noon)
            .Next("strong")!
            .Lease.ShouldBe(new Lease(1, new LeasePart(1, 0, 144), 48));
    }

    [Fact]
    public void A_small_memory_shortens_the_micro_batch_and_not_the_lease()
    {
        var lease = Next(
            new LeaseBook(10_000, 1),
            [Worker("a", 100) with { MostSamples = 8 }, Worker("b", 100)],
            "a"
        )!.Lease;
        (lease.MicroBatch, lease.Stretch.Count).ShouldBe((8, 128));
    }

    [Theory, InlineData(1, 128), InlineData(0.5, 64), InlineData(0.25, 32), InlineData(0.01, 32)]
    public void A_factor_shortens_leases_to_a_micro_batch_at_the_least(double factor, int count) =>
        Next(new LeaseBook(10_000, 1), [Worker("a", 100) with { LeaseFactor = factor }, Worker("b", 100)], "a")!
            .Lease.Stretch.Count.ShouldBe(count);

    [Fact]
    public void Who_is_alone_gets_whole_leases_to_the_end()
    {
        var book = new LeaseBook(samples: 300, epochs: 1);
        var counts = new List<int>();
        while (Next(book, [Worker("a", 100)], "a") is { } next)
            counts.Add(next.Lease.Stretch.Count);
        counts.ShouldBe([128, 128, 44]);
    }

    [Fact]
    public void At_the_end_of_an_epoch_leases_shrink_to_one_micro_batch()
    {
        var book = new LeaseBook(samples: 640, epochs: 1);
        PlannedWorker[] workers = [Worker("a", 100), Worker("b", 100)];
        var (counts, now) = (new List<int>(), Noon);
        for (var turn = 0; book.Offers.Any(offer => offer.Samples > 0); turn++)
        {
            // Each ends its lease before the next is granted: both are always free.
            if (Planner.Begin(book, workers, now).Next(turn % 2 == 0 ? "a" : "b") is not { } next)
                continue;
            counts.Add(next.Lease.Stretch.Count);
            book.End(next.Lease.Id, [], round: 1);
        }
        counts[0].ShouldBe(128);
        counts.ShouldBe(counts.OrderDescending());
        counts[^1].ShouldBe(Batch);
    }

    [Fact]
    public void A_weak_worker_leaves_the_end_of_an_epoch_to_others_and_gets_work_of_the_next()
    {
        var book = new LeaseBook(samples: 2000, epochs: 2);
        PlannedWorker[] workers = [Worker("strong", 1000), Worker("weak", 10)];
        book.Take("gone", epoch: 1, size: 1900, microBatch: Batch, Noon);

        // The strong one does the last hundred samples in a tenth of a second; one micro-batch takes the weak one
        // longer.
        Next(book, workers, "weak")!.Lease.Stretch.Epoch.ShouldBe(2);
        Next(book, workers, "strong")!.Lease.Stretch.Epoch.ShouldBe(1);
    }

    [Fact]
    public void In_the_last_epoch_it_gets_none()
    {
        var book = new LeaseBook(samples: 1000, epochs: 1);
        PlannedWorker[] workers = [Worker("strong", 1000), Worker("weak", 10)];
        book.Take("gone", epoch: 1, size: 900, microBatch: Batch, Noon);
        Next(book, workers, "weak").ShouldBeNull();
        Next(book, workers, "strong").ShouldNotBeNull();
    }

    [Fact]
    public void Nobody_leaves_work_to_one_that_should_have_finished_long_ago()
    {
        var book = new LeaseBook(samples: 1000, epochs: 1);
        PlannedWorker[] workers = [Worker("strong", 1000), Worker("weak", 10)];
        book.Take("strong", epoch: 1, size: 900, microBatch: Batch, Noon);

        // 0.9 s of work: it is counted on until twice that and a second have gone by.
        Planner.Begin(book, workers, Noon + TimeSpan.FromSeconds(2.8)).Next("weak").ShouldBeNull();
        Planner.Begin(book, workers, Noon + TimeSpan.FromSeconds(2.81)).Next("weak")!.Lease.Stretch.Start.ShouldBe(900);
    }

    [Fact]
    public void Nor_to_one_that_is_held_back()
    {
        var book = new LeaseBook(samples: 1000, epochs: 1);
        book.Take("gone", epoch: 1, size: 900, microBatch: Batch, Noon);
        Next(book, [Worker("strong", 1000) with { IsUnavailable = true }, Worker("weak", 10)], "weak")!
            .Lease.Stretch.Start.ShouldBe(900);
    }

    [Fact]
    public void Of_whom_nothing_is_known_gets_a_lease_to_learn_it()
    {
        var book = new LeaseBook(samples: 1000, epochs: 1);
        book.Take("gone", epoch: 1, size: 900, microBatch: Batch, Noon);
        Next(book, [Worker("strong", 1000), Worker("new", 0)], "new")!.Lease.Stretch.Start.ShouldBe(900);
    }

    [Fact]
    public void An_idle_worker_repeats_the_tail_of_what_a_slower_one_holds_on_its_cuts()
    {
        var book = new LeaseBook(samples: 160, epochs: 1);
        PlannedWorker[] workers = [Worker("slow", 10), Worker("strong", 30)];
        book.Take("slow", epoch: 1, size: 160, microBatch: 20, Noon);

        var repeat = Next(book, workers, "strong")!;

        repeat.Repeats!.Holder.ShouldBe("slow");
        // Three quarters of it, as the speeds are.
        repeat.Lease.Stretch.ShouldBe(new LeasePart(1, 40, 120));
        repeat.Lease.MicroBatch.ShouldBe(20);
        Planner.Begin(book, workers, Noon).Next("strong").ShouldBeNull("it is repeated already");
    }

    [Theory, InlineData(4, false), InlineData(5, true)]
    public void What_is_nearly_done_is_not_repeated(int samples, bool repeated)
    {
        var book = new LeaseBook(samples, epochs: 1);
        book.Take("slow", epoch: 1, size: samples, microBatch: 1, Noon);
        (Next(book, [Worker("slow", 10), Worker("strong", 100)], "strong") is not null).ShouldBe(
            repeated,
            "half a second is worth it"
        );
    }

    [Fact]
    public void Nothing_is_repeated_where_that_is_off_or_the_speed_is_unknown_or_the_shards_have_not_answered()
    {
        PlannedWorker[] workers = [Worker("slow", 10), Worker("strong", 100), Worker("new", 0)];
        var book = new LeaseBook(samples: 100, epochs: 1);
        book.Take("slow", epoch: 1, size: 80, microBatch: 10, Noon);
        var other = book.Take("gone", epoch: 1, size: 20, microBatch: 10, Noon)!;

        Next(book, workers, "new").ShouldBeNull();
        new LeasePlanner(Jobs.ByStrength with { Repeat = false }, Batch, LeaseBatches)
            .Begin(book, workers, Noon)
            .Next("strong")
            .ShouldBeNull();
        book.End(other.Id, [other.Stretch], round: 1);
        Next(book, workers, "strong").ShouldBeNull();
    }

    [Fact]
    public void A_slower_one_repeats_nothing_that_its_holder_ends_sooner()
    {
        var book = new LeaseBook(samples: 160, epochs: 1);
        book.Take("strong", epoch: 1, size: 160, microBatch: 80, Noon);
        Next(book, [Worker("strong", 100), Worker("slow", 10)], "slow").ShouldBeNull();
    }

    [Fact]
    public void A_repeat_is_made_of_the_holders_micro_batches() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 40], Gen.Double[1, 100], Gen.Double[1, 1000])
            .Sample(
                (samples, microBatch, slow, strong) =>
                {
                    var book = new LeaseBook(samples, epochs: 1);
                    var held = book.Take("slow", epoch: 1, size: samples, microBatch, Noon)!;
                    if (Next(book, [Worker("slow", slow), Worker("strong", strong)], "strong") is not { } repeat)
                        return;
                    repeat.Lease.Stretch.End.ShouldBe(held.Stretch.End);
                    repeat.Lease.Parts.ShouldBe(held.Parts.Skip(held.Parts.Count - repeat.Lease.Parts.Count));
                    (repeat.Lease.Stretch.Count / strong).ShouldBeLessThanOrEqualTo(
                        samples / slow + microBatch / strong
                    );
                }
            );

    [Fact]
    public void With_local_steps_micro_batches_are_the_jobs_and_leases_whole_pushes_at_least_one()
    {
        PlannedWorker[] workers = [Worker("strong", 300), Worker("weak", 100) with { MostSamples = 8 }];
        // A push is 10 · 32 samples, a lease without them 4 · 32.
        var (strong, weak) = (NextLocal(workers, "strong", 10), NextLocal(workers, "weak", 10));
        (strong.MicroBatch, strong.LocalSteps, strong.Stretch.Count).ShouldBe((Batch, 10, 320));
        (weak.MicroBatch, weak.LocalSteps, weak.Stretch.Count).ShouldBe((Batch, 10, 320));
        // Of two steps, the strong one's 192 samples are three pushes.
        NextLocal(workers, "strong", 2).Stretch.Count.ShouldBe(192);
    }

    [Fact]
    public void Local_steps_that_follow_speed_make_pushes_equally_long_in_time()
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
    public void Nobody_takes_local_steps_where_one_is_asked_for() =>
        NextLocal([Worker("a", 100)], "a", 1).LocalSteps.ShouldBe(0);

    [Fact]
    public void With_local_steps_a_repeat_is_made_of_the_holders_pushes()
    {
        var book = new LeaseBook(samples: 160, epochs: 1);
        book.Take("slow", epoch: 1, size: 160, microBatch: 10, Noon, localSteps: 4);
        var repeat = Local(4).Begin(book, [Worker("slow", 10), Worker("strong", 30)], Noon).Next("strong")!.Lease;
        repeat.ShouldBe(new Lease(2, new LeasePart(1, 40, 120), MicroBatch: 10, LocalSteps: 4));
    }

    [Fact]
    public void Leases_of_local_steps_are_whole_pushes_until_an_epochs_last() =>
        Gen.Select(Gen.Double[1, 1000].Array[1, 6], Gen.Int[1, 20_000], Gen.Int[2, 20], Gen.Bool)
            .Sample(
                (speeds, samples, steps, followSpeed) =>
                {
                    var workers = speeds.Select((speed, i) => Worker($"{i}", speed)).ToArray();
                    var (book, now) = (new LeaseBook(samples, epochs: 1), Noon);
                    var granted = 0;
                    while (granted < samples)
                    {
                        var round = Local(steps, followSpeed).Begin(book, workers, now);
                        foreach (var worker in workers)
                        {
                            var left = samples - granted;
                            var far = round.Division.FarFromTheEnd(worker.Node, left);
                            if (left == 0 || round.Next(worker.Node) is not { Repeats: null, Lease: var lease })
                                continue;
                            granted += lease.Stretch.Count;
                            if (lease.Stretch.Count % lease.PartSamples != 0)
                                granted.ShouldBe(samples);
                            if (far is var (size, microBatch, localSteps))
                                (lease.Stretch.Count, lease.MicroBatch, lease.LocalSteps).ShouldBe(
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
        Local(steps, followSpeed).Begin(new LeaseBook(100_000, 1), workers, Noon).Next(node)!.Lease;

    private static PlannedWorker Worker(string node, double samplesPerSecond) =>
        new(node, IsGpu: false, samplesPerSecond);

    [Fact]
    public void A_round_decides_for_each_as_a_question_alone_does() =>
        Gen.Select(Gen.Double[0.1, 1000].Array[1, 8], Gen.Int[50, 2000], Gen.Int[0, 5000])
            .Sample(
                (speeds, samples, taken) =>
                {
                    var workers = speeds.Select((speed, i) => Worker($"{i}", speed)).ToArray();
                    var (together, alone) = (new LeaseBook(samples, epochs: 2), new LeaseBook(samples, epochs: 2));
                    foreach (var book in new[] { together, alone })
                        book.Take("0", epoch: 1, size: Math.Clamp(taken, 1, samples), microBatch: Batch, Noon);
                    var later = Noon + TimeSpan.FromSeconds(1);
                    var round = Planner.Begin(together, workers, later);
                    for (var turn = 0; turn < 3; turn++)
                        foreach (var worker in workers)
                            (round.Next(worker.Node)?.Lease.Stretch).ShouldBe(
                                Planner.Begin(alone, workers, later).Next(worker.Node)?.Lease.Stretch
                            );
                    together.Offers.ShouldBe(alone.Offers);
                }
            );

    [Fact]
    public void Far_from_the_end_who_asks_gets_what_a_look_at_all_others_would_give_it() =>
        Gen.Select(Gen.Double[0.1, 1000].Array[1, 8], Gen.Int[1, 200_000], Gen.Int[1, 3])
            .Sample(
                (speeds, samples, turns) =>
                {
                    var workers = speeds.Select((speed, i) => Worker($"{i}", speed)).ToArray();
                    var book = new LeaseBook(samples, epochs: 2);
                    var round = Planner.Begin(book, workers, Noon);
                    for (var turn = 0; turn < turns; turn++)
                    {
                        foreach (var worker in workers)
                        {
                            var left = book.Offers.First(offer => offer.Samples > 0).Samples;
                            if (round.Division.FarFromTheEnd(worker.Node, left) is not var (size, microBatch, _))
                                continue;
                            var lease = round.Next(worker.Node)!.Lease;
                            (lease.Stretch.Count, lease.MicroBatch).ShouldBe((size, microBatch));
                        }
                    }
                }
            );

    private static PlannedLease? Next(LeaseBook book, PlannedWorker[] workers, string node) =>
        Planner.Begin(book, workers, Noon).Next(node);
}
