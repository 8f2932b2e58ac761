using ActorTrain.Supervision;

namespace ActorTrain.Tests.Supervision;

/// <summary>
/// Who goes on when a cluster falls apart: capital letters may hold the coordinator, small ones are workers.
/// </summary>
public sealed class DowningDecisionTests
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);

    [Theory]
    [InlineData("A abc", "", true)] // nothing has happened
    [InlineData("A ab", "c", true)]
    [InlineData("A", "abc", true)] // however many workers are cut off
    [InlineData("abc", "A", false)]
    [InlineData("AB a", "C", true)]
    [InlineData("C a", "AB", false)]
    [InlineData("A", "B", true)] // of two halves the one with the first
    [InlineData("B abc", "A", false)]
    [InlineData("AC", "BD", true)]
    [InlineData("BD", "AC", false)]
    [InlineData("abc", "", true)] // a cluster that is only forming
    public void The_side_with_most_that_may_hold_the_coordinator_goes_on(string here, string there, bool goesOn)
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        Look(decision, here, there, Noon);
        (Look(decision, here, there, Noon + TimeSpan.FromSeconds(5)).Stop is null).ShouldBe(goesOn);
    }

    [Theory, InlineData(4.9, false), InlineData(5, true)]
    public void Who_does_not_answer_is_taken_out_when_it_has_lasted(double seconds, bool takenOut)
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        Look(decision, "A a", "b", Noon);
        Look(decision, "A a", "b", Noon + TimeSpan.FromSeconds(seconds)).TakeOut.ShouldBe(takenOut ? ["b"] : []);
    }

    [Fact]
    public void Each_is_waited_for_on_its_own_however_restless_the_others_are()
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        for (var second = 0; second < 5; second++)
            Look(decision, "A", second % 2 == 0 ? "ab" : "ac", Noon + TimeSpan.FromSeconds(second))
                .TakeOut.ShouldBeEmpty();
        Look(decision, "A", "abc", Noon + TimeSpan.FromSeconds(5)).TakeOut.ShouldBe(["a"]);
    }

    [Fact]
    public void Who_answers_again_begins_anew()
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        Look(decision, "A", "a", Noon);
        Look(decision, "A a", "", Noon + TimeSpan.FromSeconds(3));
        Look(decision, "A", "a", Noon + TimeSpan.FromSeconds(4));
        Look(decision, "A", "a", Noon + TimeSpan.FromSeconds(8)).TakeOut.ShouldBeEmpty();
    }

    [Fact]
    public void A_smaller_side_that_is_joined_again_in_time_goes_on()
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        Look(decision, "a", "A", Noon);
        Look(decision, "A a", "", Noon + TimeSpan.FromSeconds(3));
        Look(decision, "a", "A", Noon + TimeSpan.FromSeconds(6)).Stop.ShouldBeNull();
    }

    [Fact]
    public void Workers_take_nobody_out()
    {
        var decision = new DowningDecision(TimeSpan.FromSeconds(5));
        decision.Look(decides: false, Nodes("A a", "b"), Noon);
        decision
            .Look(decides: false, Nodes("A a", "b"), Noon + TimeSpan.FromSeconds(9))
            .ShouldSatisfyAllConditions(
                verdict => verdict.TakeOut.ShouldBeEmpty(),
                verdict => verdict.Stop.ShouldBeNull()
            );
    }

    [Fact]
    public void It_says_why_it_stops()
    {
        var decision = new DowningDecision(TimeSpan.Zero);
        Look(decision, "C a", "AB", Noon)
            .Stop.ShouldBe(
                "it reaches 1 of the 3 nodes that may hold the coordinator, and the others go on without it"
            );
    }

    private static DowningDecision.Verdict Look(DowningDecision decision, string here, string there, TimeSpan now) =>
        decision.Look(here.Any(char.IsUpper), Nodes(here, there), now);

    private static List<DowningDecision.Node> Nodes(string here, string there) =>
        [.. here.Where(char.IsLetter).Select(node => Node(node, true)), .. there.Select(node => Node(node, false))];

    private static DowningDecision.Node Node(char name, bool isReachable) =>
        new($"{name}", char.IsUpper(name), isReachable);
}
