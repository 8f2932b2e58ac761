using ActorTrain.Leases;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

public sealed class AwaitedPartTests
{
    [Fact]
    public void A_part_is_done_only_when_every_shard_has_applied_it()
    {
        var awaited = new AwaitedPart(new SampleRange(1, 0, 8), shards: 2);
        awaited.IsDone(0, isApplied: true).ShouldBeFalse();
        awaited.IsDone(0, isApplied: true).ShouldBeFalse("a second reply of one shard counts once");
        awaited.IsDone(1, isApplied: false).ShouldBeFalse();
        awaited.IsDone(1, isApplied: true).ShouldBeTrue();
    }
}
