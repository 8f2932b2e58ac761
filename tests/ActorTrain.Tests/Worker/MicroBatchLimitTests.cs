using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

public sealed class MicroBatchLimitTests
{
    private readonly MicroBatchLimit _limit = new(initial: int.MaxValue, smallest: 4);

    [Fact]
    public void Too_many_samples_are_halved()
    {
        _limit.TryReduce(32).ShouldBeTrue();
        _limit.Max.ShouldBe(16);
    }

    [Fact]
    public void The_limit_does_not_fall_below_a_size_that_was_computed()
    {
        _limit.Computed(24);
        _limit.TryReduce(32).ShouldBeTrue();
        _limit.Max.ShouldBe(24);
        _limit.TryReduce(24).ShouldBeTrue();
        _limit.Max.ShouldBe(23);
    }

    [Fact]
    public void The_smallest_micro_batch_cannot_be_reduced()
    {
        _limit.TryReduce(6).ShouldBeTrue();
        _limit.Max.ShouldBe(4);
        _limit.TryReduce(4).ShouldBeFalse();
    }

    [Fact]
    public void The_reason_names_the_smallest_micro_batch()
    {
        _limit
            .Describe(4, "no memory")
            .ShouldBe(
                "4 samples are too many for the device, and a gradient is of at least 4 (minimum-micro-batch-size): "
                    + "no memory"
            );
        _limit.Describe(1, "no memory").ShouldBe("a single sample is too much for the device: no memory");
    }
}
