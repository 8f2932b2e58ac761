using ActorTrain.Balancing;
using ActorTrain.Leases;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

/// <summary>An idle worker repeats the samples that a slower one has not finished.</summary>
public sealed class RepeatedLeaseTests : LeasePlannerTestBase
{
    [Fact]
    public void An_idle_worker_repeats_the_tail_of_a_slower_ones_lease_with_its_cuts()
    {
        var table = new LeaseTable(samples: 160, epochs: 1);
        PlannedWorker[] workers = [Worker("slow", 10), Worker("strong", 30)];
        table.Take("slow", epoch: 1, size: 160, microBatch: 20, Noon);

        var repeat = Next(table, workers, "strong")!;

        repeat.Repeats!.Holder.ShouldBe("slow");
        // Three quarters of it, in proportion to the speeds.
        repeat.Lease.Range.ShouldBe(new SampleRange(1, 40, 120));
        repeat.Lease.MicroBatchSize.ShouldBe(20);
        Planner.Begin(table, workers, Noon).Next("strong").ShouldBeNull("it is repeated already");
    }

    [Theory, InlineData(4, false), InlineData(5, true)]
    public void What_is_nearly_done_is_not_repeated(int samples, bool repeated)
    {
        var table = new LeaseTable(samples, epochs: 1);
        table.Take("slow", epoch: 1, size: samples, microBatch: 1, Noon);
        (Next(table, [Worker("slow", 10), Worker("strong", 100)], "strong") is not null).ShouldBe(
            repeated,
            "from half a second on"
        );
    }

    [Fact]
    public void Nothing_is_repeated_where_that_is_off_or_the_speed_is_unknown_or_counts_are_outstanding()
    {
        PlannedWorker[] workers = [Worker("slow", 10), Worker("strong", 100), Worker("new", 0)];
        var table = new LeaseTable(samples: 100, epochs: 1);
        table.Take("slow", epoch: 1, size: 80, microBatch: 10, Noon);
        var other = table.Take("gone", epoch: 1, size: 20, microBatch: 10, Noon)!;

        Next(table, workers, "new").ShouldBeNull();
        new LeasePlanner(Jobs.ByStrength with { Repeat = false }, Batch, LeaseBatches)
            .Begin(table, workers, Noon)
            .Next("strong")
            .ShouldBeNull();
        table.End(other.Id, [other.Range], round: 1);
        Next(table, workers, "strong").ShouldBeNull();
    }

    [Fact]
    public void A_slower_worker_repeats_nothing_that_its_holder_finishes_sooner()
    {
        var table = new LeaseTable(samples: 160, epochs: 1);
        table.Take("strong", epoch: 1, size: 160, microBatch: 80, Noon);
        Next(table, [Worker("strong", 100), Worker("slow", 10)], "slow").ShouldBeNull();
    }

    [Fact]
    public void A_repeat_consists_of_the_holders_micro_batches() =>
        Gen.Select(Gen.Int[1, 500], Gen.Int[1, 40], Gen.Double[1, 100], Gen.Double[1, 1000])
            .Sample(
                (samples, microBatch, slow, strong) =>
                {
                    var table = new LeaseTable(samples, epochs: 1);
                    var held = table.Take("slow", epoch: 1, size: samples, microBatch, Noon)!;
                    if (Next(table, [Worker("slow", slow), Worker("strong", strong)], "strong") is not { } repeat)
                        return;
                    repeat.Lease.Range.End.ShouldBe(held.Range.End);
                    repeat.Lease.Parts.ShouldBe(held.Parts.Skip(held.Parts.Count - repeat.Lease.Parts.Count));
                    (repeat.Lease.Range.Count / strong).ShouldBeLessThanOrEqualTo(samples / slow + microBatch / strong);
                }
            );
}
