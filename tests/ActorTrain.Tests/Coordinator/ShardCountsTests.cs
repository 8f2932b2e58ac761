using ActorTrain.Coordinator;
using ActorTrain.Leases;
using ActorTrain.Protocol;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Two shards, and epochs of 10 samples.</summary>
public sealed class ShardCountsTests
{
    private readonly ShardCounts _counts = new(shards: 2);

    [Fact]
    public void A_round_and_samples_count_when_both_shards_have_reported_them()
    {
        _counts.Update(Count(shard: 0, round: 2, completeEpochs: 1, new SampleRange(2, 0, 4)));
        (_counts.Round, _counts.SamplesApplied(10)).ShouldBe((0, 0));

        _counts.Update(
            Count(shard: 1, round: 3, completeEpochs: 0, new SampleRange(1, 0, 9), new SampleRange(2, 5, 2))
        );

        (_counts.Round, _counts.SamplesApplied(10)).ShouldBe((2, 11));
        (_counts.SamplesApplied(epoch: 1, 10), _counts.SamplesApplied(epoch: 2, 10)).ShouldBe((9, 2));
    }

    [Fact]
    public void Positions_are_applied_everywhere_when_both_shards_have_applied_them()
    {
        _counts.Update(Count(shard: 0, round: 1, completeEpochs: 1, new SampleRange(2, 0, 4)));
        _counts.Update(
            Count(shard: 1, round: 1, completeEpochs: 0, new SampleRange(1, 0, 9), new SampleRange(2, 2, 4))
        );

        var applied = _counts.AppliedEverywhere(1, 2, 10);

        applied[1].Ranges.ShouldBe([(0, 9)]);
        applied[2].Ranges.ShouldBe([(2, 4)]);
        _counts.Cuts()[2].ShouldBe([0, 2, 4, 6]);
    }

    [Fact]
    public void A_worker_progresses_when_a_shard_has_applied_more_of_its_pushes()
    {
        _counts.Update(Count(0, 1, 0) with { Workers = [Pushes("a:1", 3), Pushes("b:1", 3)] });
        _counts
            .Progressing(Count(0, 2, 0) with { Workers = [Pushes("a:1", 3), Pushes("b:1", 4), Pushes("c:1", 1)] })
            .ShouldBe(["b:1", "c:1"]);
    }

    private static ShardProtocol.WorkerCount Pushes(string node, long pushes) =>
        new(node, 0, Samples: pushes, pushes, 0, 0, [pushes]);

    private static ShardProtocol.Counts Count(
        int shard,
        long round,
        int completeEpochs,
        params SampleRange[] applied
    ) => new(round, shard, 0, 0, completeEpochs, applied, [], [0]);
}
