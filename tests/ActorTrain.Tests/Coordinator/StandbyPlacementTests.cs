using ActorTrain.Coordinator;
using static ActorTrain.Coordinator.StandbyPlacement;

namespace ActorTrain.Tests.Coordinator;

public sealed class StandbyPlacementTests
{
    [Fact]
    public void A_copy_is_on_another_node() => Choose("a:1", [new("a:1", 100), new("a:2", 1)]).ShouldBe("a:2");

    [Fact]
    public void Another_machine_comes_before_more_memory() =>
        Choose("a:1", [new("a:2", 100), new("b:1", 1)]).ShouldBe("b:1");

    [Fact]
    public void Of_two_machines_it_is_the_one_with_more_memory_left() =>
        Choose("a:1", [new("b:1", 10), new("c:1", 20)]).ShouldBe("c:1");

    [Fact]
    public void Equal_nodes_are_taken_by_name() => Choose("a:1", [new("c:1", 10), new("b:1", 10)]).ShouldBe("b:1");

    [Fact]
    public void A_single_node_has_no_standby() => Choose("a:1", [new("a:1", 100)]).ShouldBeNull();
}
