using ActorTrain.Leases;

namespace ActorTrain.Tests.Leases;

public sealed class LeaseTests
{
    [Fact]
    public void Is_cut_into_micro_batches_of_which_the_last_may_be_smaller() =>
        new Lease(1, new LeasePart(2, 100, 10), MicroBatch: 4).Parts
            .ShouldBe([new LeasePart(2, 100, 4), new LeasePart(2, 104, 4), new LeasePart(2, 108, 2)]);
}
