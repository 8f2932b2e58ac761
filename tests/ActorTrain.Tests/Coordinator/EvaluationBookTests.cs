using ActorTrain.Coordinator;

namespace ActorTrain.Tests.Coordinator;

public sealed class EvaluationBookTests
{
    private readonly EvaluationBook _book = new();

    [Fact]
    public void The_best_node_is_asked()
    {
        _book.Want(1);
        _book.Give(["strong", "weak"]).ShouldBe([(1, "strong")]);
        _book.Give(["strong", "weak"]).ShouldBeEmpty();
    }

    [Fact]
    public void A_node_has_one_at_a_time()
    {
        _book.Want(1);
        _book.Want(2);
        _book.Want(3);
        _book.Give(["strong", "weak"]).ShouldBe([(1, "strong"), (2, "weak")]);
        _book.Done(1);
        _book.Give(["strong", "weak"]).ShouldBe([(3, "strong")]);
    }

    [Theory, InlineData(60, false), InlineData(61, true)]
    public void What_is_not_answered_in_time_goes_to_another(int seconds, bool late)
    {
        _book.Want(1);
        _book.Give(["strong", "weak"], TimeSpan.Zero);
        _book.Expire(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(60)).ShouldBe(late ? [(1, "strong")] : []);
        _book.Give(["strong", "weak"], TimeSpan.FromSeconds(seconds)).ShouldBe(late ? [(1, "weak")] : []);
    }

    [Fact]
    public void It_stays_open_until_it_is_done()
    {
        _book.Want(1);
        _book.Give(["strong"]);
        _book.Open.ShouldBeTrue();
        _book.Done(1);
        _book.Open.ShouldBeFalse();
    }

    [Fact]
    public void A_lost_nodes_evaluation_goes_to_another()
    {
        _book.Want(1);
        _book.Give(["strong", "weak"]);
        _book.Lost("strong");
        _book.Give(["weak"]).ShouldBe([(1, "weak")]);
    }

    [Fact]
    public void A_node_that_failed_at_it_is_not_asked_again()
    {
        _book.Want(1);
        _book.Give(["strong", "weak"]);
        _book.Failed(1, "strong");
        _book.Give(["strong", "weak"]).ShouldBe([(1, "weak")]);
    }

    [Fact]
    public void When_every_node_has_failed_it_is_given_up()
    {
        _book.Want(1);
        _book.Give(["only"]);
        _book.Failed(1, "only");
        _book.Give(["only"]).ShouldBeEmpty();
        _book.GiveUp(["only"]).ShouldBe([1]);
        _book.Open.ShouldBeFalse();
    }

    [Fact]
    public void While_there_is_no_node_it_waits()
    {
        _book.Want(1);
        _book.Give([]).ShouldBeEmpty();
        _book.GiveUp([]).ShouldBeEmpty();
        _book.Open.ShouldBeTrue();
    }
}
