using ActorTrain.Coordinator;
using ActorTrain.Protocol;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Which node's checkpoint an interrupted job goes on from.</summary>
public sealed class CheckpointChoiceTests
{
    [Fact]
    public void The_newest_of_another_node_is_fetched() =>
        ToFetch(("own", 100), ("a", 300), ("b", 200), ("c", null)).ShouldBe("a");

    [Fact]
    public void A_node_that_has_none_fetches_one() => ToFetch(("own", null), ("a", 0)).ShouldBe("a");

    [Theory, InlineData(100), InlineData(99), InlineData(null)]
    public void The_own_is_read_where_no_other_is_newer(int? other) =>
        ToFetch(("own", 100), ("a", other)).ShouldBeNull();

    [Fact]
    public void Nothing_is_fetched_where_no_node_has_any() => ToFetch(("own", null), ("a", null)).ShouldBeNull();

    [Fact]
    public void An_older_one_does_not_cover_up_what_the_own_node_has_not_told_yet() =>
        ToFetch(("a", 100), ("b", 200)).ShouldBeNull();

    private static string? ToFetch(params (string Node, int? Samples)[] held) =>
        CheckpointChoice.ToFetch(
            held.ToDictionary(
                node => node.Node,
                node =>
                    node.Samples is { } samples
                        ? new CheckpointProtocol.HeldCheckpoint("checkpoint", samples, [])
                        : null
            ),
            "own"
        );
}
