using ActorTrain.Cli.Simulating;
using ActorTrain.Job;
using ActorTrain.TestKit.Faults;

namespace ActorTrain.Cli.Tests.Simulating;

public sealed class TimelineEventsTests
{
    [Fact]
    public void A_fault_is_a_row_as_the_script_writes_it() =>
        TimelineEvents
            .FaultRows([(TimeSpan.FromSeconds(10), Fault.Kill("worker-3"))])
            .Single()
            .Event.ShouldBe("▸ kill worker-3");

    [Fact]
    public void An_event_of_one_node_has_its_reason_and_action() =>
        Events((10.2, "worker-lost", "worker-3")).ShouldBe(["worker-lost worker-3: a reason; an action"]);

    [Fact]
    public void Events_of_one_kind_in_the_same_second_share_a_row() =>
        Events((10.2, "worker-joined", "worker-10"), (10.4, "worker-joined", "worker-9"), (11, "worker-joined", "w"))
            .ShouldBe(["worker-joined worker-9, worker-10", "worker-joined w: a reason; an action"]);

    [Fact]
    public void Events_of_different_kinds_have_their_own_rows() =>
        Events((10, "worker-lost", "a"), (10, "worker-joined", "b")).Count.ShouldBe(2);

    [Fact]
    public void Of_many_nodes_the_first_two_and_the_last_are_named() =>
        Events([.. Enumerable.Range(1, 10).Select(i => (5.0, "worker-joined", $"worker-{i}"))])
            .ShouldBe(["worker-joined worker-1, worker-2, … worker-10 (10)"]);

    private static List<string> Events(params (double At, string Kind, string Node)[] events) =>
        [
            .. TimelineEvents
                .EventRows(
                    events.Select(raised =>
                        (
                            TimeSpan.FromSeconds(raised.At),
                            new SupervisionEvent(TimeSpan.Zero, raised.Kind, raised.Node, "a reason", "an action")
                        )
                    )
                )
                .Select(row => row.Event),
        ];
}
