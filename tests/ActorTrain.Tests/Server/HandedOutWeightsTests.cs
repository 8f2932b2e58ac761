using ActorTrain.Lane;
using ActorTrain.Server;

namespace ActorTrain.Tests.Server;

public sealed class HandedOutWeightsTests
{
    private readonly TensorPool _pool = new(shared: false, keep: 1 << 20);

    [Fact]
    public void A_version_is_kept_where_it_lies()
    {
        var (kept, weights) = (new HandedOutWeights(overlap: 0), Weights(7));
        kept.Add("a:1", 3, weights);
        weights.IsRead.ShouldBeTrue();
        kept.Find("a:1", 3)!.Values.Span[0].ShouldBe(7);
        kept.Find("a:1", 2).ShouldBeNull();
        kept.Find("b:1", 3).ShouldBeNull();
    }

    [Theory, InlineData(0), InlineData(1), InlineData(3)]
    public void As_many_are_kept_as_a_worker_can_still_push_from(int overlap)
    {
        var kept = new HandedOutWeights(overlap);
        var versions = Enumerable.Range(0, 6).Select(version => Weights(version)).ToList();
        for (var version = 0; version < 6; version++)
            kept.Add("a:1", version, versions[version]);
        versions
            .Select(weights => weights.IsRead)
            .ShouldBe(Enumerable.Range(0, 6).Select(version => version >= 5 - overlap));
    }

    [Fact]
    public void An_answer_that_is_given_twice_is_kept_once()
    {
        var (kept, older, newer) = (new HandedOutWeights(overlap: 1), Weights(1), Weights(2));
        kept.Add("a:1", 1, older);
        kept.Add("a:1", 2, newer);
        kept.Add("a:1", 2, newer);
        kept.Find("a:1", 1).ShouldNotBeNull();
        kept.Release("a:1");
        newer.IsRead.ShouldBeFalse();
    }

    [Fact]
    public void A_version_that_two_have_is_let_go_with_the_second()
    {
        var (kept, weights) = (new HandedOutWeights(overlap: 0), Weights(1));
        kept.Add("a:1", 1, weights);
        kept.Add("b:1", 1, weights);
        kept.Release("a:1");
        weights.IsRead.ShouldBeTrue();
        kept.Release("a:1");
        kept.Release("b:1");
        weights.IsRead.ShouldBeFalse();
    }

    [Fact]
    public void At_the_end_nothing_is_kept()
    {
        var (kept, one, two) = (new HandedOutWeights(overlap: 0), Weights(1), Weights(2));
        kept.Add("a:1", 1, one);
        kept.Add("b:1", 2, two);
        kept.ReleaseAll();
        (one.IsRead, two.IsRead).ShouldBe((false, false));
        kept.Find("a:1", 1).ShouldBeNull();
    }

    private TensorBuffer Weights(float value)
    {
        var weights = _pool.Rent(1);
        weights.Values.Span[0] = value;
        return weights;
    }
}
