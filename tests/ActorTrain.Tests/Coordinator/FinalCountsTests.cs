using ActorTrain.Coordinator;

namespace ActorTrain.Tests.Coordinator;

public sealed class FinalCountsTests
{
    private readonly FinalCounts _final = new(shards: 2, first: 7);

    [Fact]
    public void Counts_are_complete_when_every_shard_has_answered()
    {
        _final.Add(shard: 1, round: 7).ShouldBeFalse();
        _final.Add(shard: 0, round: 8).ShouldBeTrue();
    }

    [Fact]
    public void An_answer_to_an_earlier_round_does_not_count()
    {
        _final.Add(shard: 0, round: 7).ShouldBeFalse();
        _final.Add(shard: 1, round: 6).ShouldBeFalse();
        _final.Add(shard: 1, round: 7).ShouldBeTrue();
    }

    [Fact]
    public void Counts_are_complete_once()
    {
        _final.Add(shard: 0, round: 7).ShouldBeFalse();
        _final.Add(shard: 0, round: 7).ShouldBeFalse();
        _final.Add(shard: 1, round: 7).ShouldBeTrue();
        _final.Add(shard: 1, round: 8).ShouldBeFalse();
    }
}
