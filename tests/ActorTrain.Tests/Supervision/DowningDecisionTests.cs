using ActorTrain.Remedies;

namespace ActorTrain.Tests.Supervision;

/// <summary>
/// Which side of a partitioned cluster goes on: capital letters may hold the coordinator, A is the oldest, and small
/// ones are workers.
/// </summary>
public sealed class DowningDecisionTests
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);

    [Theory]
    [InlineData("A abc", "", true)] // no partition
    [InlineData("A ab", "c", true)]
    [InlineData("A", "abc", true)] // for any number of unreachable workers
    [InlineData("abc", "A", false)]
    [InlineData("AB a", "C", true)]
    [InlineData("C a", "AB", false)]
    [InlineData("A", "B", true)] // of two halves the one with the oldest
    [InlineData("B abc", "A", false)]
    [InlineData("AC", "BD", true)]
    [InlineData("BD", "AC", false)]
    [InlineData("abc", "", true)] // a cluster that is only forming
    public void The_side_with_most_nodes_that_may_hold_the_coordinator_goes_on(string here, string there, bool goesOn)
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        Decide(decision, here, there, Noon);
        (Decide(decision, here, there, Noon + TimeSpan.FromSeconds(5)).Stop is null).ShouldBe(goesOn);
    }

    [Theory, InlineData(4.9, false), InlineData(5, true)]
    public void A_node_is_taken_out_when_it_has_been_unreachable_long_enough(double seconds, bool takenOut)
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        Decide(decision, "A a", "b", Noon);
        Decide(decision, "A a", "b", Noon + TimeSpan.FromSeconds(seconds)).TakeOut.ShouldBe(takenOut ? ["b"] : []);
    }

    [Fact]
    public void Each_node_has_its_own_time_however_often_others_change()
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        for (var second = 0; second < 5; second++)
            Decide(decision, "A", second % 2 == 0 ? "ab" : "ac", Noon + TimeSpan.FromSeconds(second))
                .TakeOut.ShouldBeEmpty();
        Decide(decision, "A", "abc", Noon + TimeSpan.FromSeconds(5)).TakeOut.ShouldBe(["a"]);
    }

    [Fact]
    public void A_node_that_answers_again_restarts_its_time()
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        Decide(decision, "A", "a", Noon);
        Decide(decision, "A a", "", Noon + TimeSpan.FromSeconds(3));
        Decide(decision, "A", "a", Noon + TimeSpan.FromSeconds(4));
        Decide(decision, "A", "a", Noon + TimeSpan.FromSeconds(8)).TakeOut.ShouldBeEmpty();
    }

    [Fact]
    public void A_smaller_side_that_is_reconnected_in_time_goes_on()
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        Decide(decision, "a", "A", Noon);
        Decide(decision, "A a", "", Noon + TimeSpan.FromSeconds(3));
        Decide(decision, "a", "A", Noon + TimeSpan.FromSeconds(6)).Stop.ShouldBeNull();
    }

    [Fact]
    public void Workers_take_no_node_out()
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        decision.Decide("a", Nodes("A a", "b"), Noon);
        decision
            .Decide("a", Nodes("A a", "b"), Noon + TimeSpan.FromSeconds(9))
            .ShouldSatisfyAllConditions(
                verdict => verdict.TakeOut.ShouldBeEmpty(),
                verdict => verdict.Stop.ShouldBeNull()
            );
    }

    [Theory]
    [InlineData("A", "AB", "C", true)]
    [InlineData("B", "AB", "C", false)] // B and C do not reach each other: A decides
    [InlineData("B", "BC", "A", true)] // A is lost
    [InlineData("C", "BC", "A", false)]
    public void Only_the_oldest_of_a_side_takes_nodes_out(string self, string here, string there, bool decides)
    {
        var decision = new DowningDecision(TimeSpan.Zero);
        decision.Decide(self, Nodes(here, there), Noon).TakeOut.ShouldBe(decides ? [there] : []);
    }

    [Fact]
    public void The_reason_to_stop_is_reported()
    {
        var decision = new DowningDecision(TimeSpan.Zero);
        Decide(decision, "C a", "AB", Noon)
            .Stop.ShouldBe(
                "it reaches 1 of the 3 nodes that may hold the coordinator, and the others go on without it"
            );
    }

    private static DowningDecision.Outcome Decide(DowningDecision decision, string here, string there, TimeSpan now) =>
        decision.Decide($"{here.Order().First(char.IsLetter)}", Nodes(here, there), now);

    private static List<DowningDecision.Node> Nodes(string here, string there) =>
        [
            .. here.Where(char.IsLetter)
                .Select(node => Node(node, true))
                .Concat(there.Select(node => Node(node, false)))
                .OrderBy(node => node.Name, StringComparer.Ordinal),
        ];

    private static DowningDecision.Node Node(char name, bool isReachable) =>
        new($"{name}", char.IsUpper(name), isReachable);
}
