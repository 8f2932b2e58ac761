using ActorTrain.Lane;
using ActorTrain.Server;

namespace ActorTrain.Tests.Server;

public sealed class SentWeightsTests
{
    private readonly TensorPool _pool = new(shared: false, keep: 1 << 20);

    [Fact]
    public void A_version_is_kept_without_a_copy()
    {
        var (kept, weights) = (new SentWeights(maxInFlightPushes: 0), Weights(7));
        kept.Add("a:1", 3, weights);
        weights.IsRead.ShouldBeTrue();
        kept.Find("a:1", 3)!.Values.Span[0].ShouldBe(7);
        kept.Find("a:1", 2).ShouldBeNull();
        kept.Find("b:1", 3).ShouldBeNull();
    }

    [Theory, InlineData(0), InlineData(1), InlineData(3)]
    public void One_more_version_than_pushes_in_flight_are_kept_for_a_worker(int maxInFlightPushes)
    {
        var kept = new SentWeights(maxInFlightPushes);
        var versions = Enumerable.Range(0, 6).Select(version => Weights(version)).ToList();
        for (var version = 0; version < 6; version++)
            kept.Add("a:1", version, versions[version]);
        versions
            .Select(weights => weights.IsRead)
            .ShouldBe(Enumerable.Range(0, 6).Select(version => version >= 5 - maxInFlightPushes));
    }

    [Fact]
    public void A_version_sent_twice_is_kept_once()
    {
        var (kept, older, newer) = (new SentWeights(maxInFlightPushes: 1), Weights(1), Weights(2));
        kept.Add("a:1", 1, older);
        kept.Add("a:1", 2, newer);
        kept.Add("a:1", 2, newer);
        kept.Find("a:1", 1).ShouldNotBeNull();
        kept.Release("a:1");
        newer.IsRead.ShouldBeFalse();
    }

    [Fact]
    public void A_version_of_two_workers_is_released_with_the_second()
    {
        var (kept, weights) = (new SentWeights(maxInFlightPushes: 0), Weights(1));
        kept.Add("a:1", 1, weights);
        kept.Add("b:1", 1, weights);
        kept.Release("a:1");
        weights.IsRead.ShouldBeTrue();
        kept.Release("a:1");
        kept.Release("b:1");
        weights.IsRead.ShouldBeFalse();
    }

    [Fact]
    public void Releasing_all_returns_all_memory()
    {
        var (kept, one, two) = (new SentWeights(maxInFlightPushes: 0), Weights(1), Weights(2));
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
