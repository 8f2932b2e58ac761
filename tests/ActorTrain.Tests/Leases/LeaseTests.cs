using ActorTrain.Leases;

namespace ActorTrain.Tests.Leases;

public sealed class LeaseTests
{
    [Fact]
    public void A_lease_is_cut_into_micro_batches_of_which_the_last_may_be_smaller() =>
        new Lease(1, new SampleRange(2, 100, 10), MicroBatchSize: 4).Parts.ShouldBe([
            new SampleRange(2, 100, 4),
            new SampleRange(2, 104, 4),
            new SampleRange(2, 108, 2),
        ]);

    [Fact]
    public void With_local_steps_a_part_has_as_many_micro_batches()
    {
        new Lease(1, new SampleRange(2, 100, 30), MicroBatchSize: 4, LocalSteps: 3).Parts.ShouldBe([
            new SampleRange(2, 100, 12),
            new SampleRange(2, 112, 12),
            new SampleRange(2, 124, 6),
        ]);
        new Lease(1, new SampleRange(2, 100, 8), MicroBatchSize: 4, LocalSteps: 1).Parts.ShouldBe([
            new SampleRange(2, 100, 4),
            new SampleRange(2, 104, 4),
        ]);
    }
}
