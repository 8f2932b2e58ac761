using ActorTrain.Coordinator;

namespace ActorTrain.Tests.Coordinator;

public sealed class EvaluationQueueTests
{
    private readonly EvaluationQueue _queue = new();

    [Fact]
    public void The_best_node_is_asked()
    {
        _queue.Add(1);
        _queue.Give(["strong", "weak"]).ShouldBe([(1, "strong")]);
        _queue.Give(["strong", "weak"]).ShouldBeEmpty();
    }

    [Fact]
    public void A_node_evaluates_one_epoch_at_a_time()
    {
        _queue.Add(1);
        _queue.Add(2);
        _queue.Add(3);
        _queue.Give(["strong", "weak"]).ShouldBe([(1, "strong"), (2, "weak")]);
        _queue.Done(1);
        _queue.Give(["strong", "weak"]).ShouldBe([(3, "strong")]);
    }

    [Theory, InlineData(60, false), InlineData(61, true)]
    public void An_evaluation_without_a_reply_in_time_goes_to_another_node(int seconds, bool expired)
    {
        _queue.Add(1);
        _queue.Give(["strong", "weak"], TimeSpan.Zero);
        _queue.Expire(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(60)).ShouldBe(expired ? [(1, "strong")] : []);
        _queue.Give(["strong", "weak"], TimeSpan.FromSeconds(seconds)).ShouldBe(expired ? [(1, "weak")] : []);
    }

    [Fact]
    public void The_queue_is_open_until_an_evaluation_is_done()
    {
        _queue.Add(1);
        _queue.Give(["strong"]);
        _queue.Open.ShouldBeTrue();
        _queue.Done(1);
        _queue.Open.ShouldBeFalse();
    }

    [Fact]
    public void A_lost_nodes_evaluation_goes_to_another()
    {
        _queue.Add(1);
        _queue.Give(["strong", "weak"]);
        _queue.Lost("strong");
        _queue.Give(["weak"]).ShouldBe([(1, "weak")]);
    }

    [Fact]
    public void A_node_that_failed_at_an_evaluation_is_not_asked_again()
    {
        _queue.Add(1);
        _queue.Give(["strong", "weak"]);
        _queue.Failed(1, "strong");
        _queue.Give(["strong", "weak"]).ShouldBe([(1, "weak")]);
    }

    [Fact]
    public void An_evaluation_that_every_node_failed_at_is_given_up()
    {
        _queue.Add(1);
        _queue.Give(["only"]);
        _queue.Failed(1, "only");
        _queue.Give(["only"]).ShouldBeEmpty();
        _queue.GiveUp(["only"]).ShouldBe([1]);
        _queue.Open.ShouldBeFalse();
    }

    [Fact]
    public void Without_nodes_an_evaluation_waits()
    {
        _queue.Add(1);
        _queue.Give([]).ShouldBeEmpty();
        _queue.GiveUp([]).ShouldBeEmpty();
        _queue.Open.ShouldBeTrue();
    }
}
