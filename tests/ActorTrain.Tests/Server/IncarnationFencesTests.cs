using ActorTrain.Protocol;
using ActorTrain.Server;

namespace ActorTrain.Tests.Server;

public sealed class IncarnationFencesTests
{
    private readonly IncarnationFences _fences = new();

    [Fact]
    public void A_fence_is_for_one_worker_and_its_earlier_incarnations()
    {
        _fences.Fence(new WorkerId("a:1", 5)).ShouldBeTrue();

        _fences.IsFenced(new WorkerId("a:1", 4)).ShouldBeTrue();
        _fences.IsFenced(new WorkerId("a:1", 5)).ShouldBeTrue();
        _fences.IsFenced(new WorkerId("a:1", 6)).ShouldBeFalse();
        _fences.IsFenced(new WorkerId("b:1", 5)).ShouldBeFalse();
    }

    [Fact]
    public void A_late_fence_changes_nothing()
    {
        _fences.Fence(new WorkerId("a:1", 5));

        _fences.Fence(new WorkerId("a:1", 3)).ShouldBeFalse();
        _fences.IsFenced(new WorkerId("a:1", 5)).ShouldBeTrue();
    }

    [Fact]
    public void A_fence_for_all_is_for_every_worker()
    {
        _fences.FenceAll(5);
        _fences.FenceAll(3);

        _fences.IsFenced(new WorkerId("a:1", 5)).ShouldBeTrue();
        _fences.IsFenced(new WorkerId("b:1", 6)).ShouldBeFalse();
    }
}
