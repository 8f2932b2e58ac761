using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Server;

namespace ActorTrain.Tests.Server;

/// <summary>Two epochs of 20 samples.</summary>
public sealed class AppliedPushesTests
{
    private static readonly WorkerId Worker = new("a:1", 1);
    private readonly AppliedPushes _applied = new(epochs: 2, samples: 20);

    [Fact]
    public void Only_positions_of_the_job_are_in_it()
    {
        _applied.AreInJob(new SampleRange(2, 10, 10)).ShouldBeTrue();
        _applied.AreInJob(new SampleRange(2, 10, 11)).ShouldBeFalse();
        _applied.AreInJob(new SampleRange(3, 0, 1)).ShouldBeFalse();
        _applied.Contains(new SampleRange(3, 0, 1)).ShouldBeFalse();
    }

    [Fact]
    public void An_epoch_is_complete_when_all_earlier_ones_are()
    {
        Add(2, 0, 20);
        _applied.CompleteEpochs.ShouldBe(0);
        Add(1, 0, 20);
        _applied.CompleteEpochs.ShouldBe(2);
        _applied.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public void Counts_contain_the_positions_of_epochs_that_have_begun_and_are_not_complete()
    {
        Add(1, 0, 20);
        Add(2, 4, 4);
        Add(2, 12, 2);

        var counts = _applied.GetCounts(round: 7, shard: 3, version: 9);

        (counts.Round, counts.Shard, counts.Version, counts.CompleteEpochs).ShouldBe((7L, 3, 9L, 1));
        counts.Applied.ShouldBe([new SampleRange(2, 4, 4), new SampleRange(2, 12, 2)]);
        counts.Workers.ShouldHaveSingleItem().Samples.ShouldBe(26);
    }

    [Fact]
    public void An_epoch_that_was_skipped_so_far_does_not_hide_a_later_one()
    {
        Add(2, 4, 4);

        _applied.GetCounts(0, 0, 0).Applied.ShouldBe([new SampleRange(2, 4, 4)]);
        _applied.FirstMissing(2).ShouldBe(0);
        _applied.MissingFrom(new SampleRange(2, 0, 10)).ShouldBe([(0, 4), (8, 10)]);
    }

    private void Add(int epoch, int start, int count) =>
        _applied.Add(new SampleRange(epoch, start, count), Worker, staleness: 0);
}
