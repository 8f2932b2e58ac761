using ActorTrain.Coordinator;

namespace ActorTrain.Tests.Coordinator;

public sealed class CountRoundsTests
{
    private readonly CountRounds _rounds = new();

    [Fact]
    public void A_round_begins_when_the_one_before_is_answered()
    {
        Begin(answered: 0, at: 0).ShouldBeTrue();
        Begin(answered: 1, at: 0).ShouldBeTrue();
        (_rounds.Current, _rounds.Next).ShouldBe((2, 3));
    }

    [Fact]
    public void A_request_while_a_round_is_under_way_is_remembered()
    {
        Begin(answered: 0, at: 0);
        Begin(answered: 0, at: 1).ShouldBeFalse();
        (_rounds.Current, _rounds.IsRequestedAgain).ShouldBe((1, true));
        Begin(answered: 1, at: 2).ShouldBeTrue();
        _rounds.IsRequestedAgain.ShouldBeFalse();
    }

    [Theory, InlineData(4.9, false), InlineData(5, true)]
    public void A_round_without_an_answer_is_repeated_after_a_timeout(double at, bool begins)
    {
        Begin(answered: 0, at: 0);
        Begin(answered: 0, at).ShouldBe(begins);
    }

    private bool Begin(long answered, double at) => _rounds.TryBegin(answered, TimeSpan.FromSeconds(at));
}
