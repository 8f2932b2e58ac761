using ActorTrain.Leases;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

public sealed class AwaitedPartTests
{
    [Fact]
    public void A_part_is_left_alone_only_when_every_shard_has_it()
    {
        var awaited = new AwaitedPart(new LeasePart(1, 0, 8), shards: 2);
        awaited.IsDone(0, isApplied: true).ShouldBeFalse();
        awaited.IsDone(0, isApplied: true).ShouldBeFalse("asked twice, it is one shard still");
        awaited.IsDone(1, isApplied: false).ShouldBeFalse();
        awaited.IsDone(1, isApplied: true).ShouldBeTrue();
    }
}
