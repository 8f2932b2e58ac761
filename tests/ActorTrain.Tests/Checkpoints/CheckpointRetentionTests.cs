using ActorTrain.Checkpoints;
using ActorTrain.Job;

namespace ActorTrain.Tests.Checkpoints;

/// <summary>Which checkpoints of a run are kept.</summary>
public sealed class CheckpointRetentionTests
{
    // One each minute, and each ten samples of an epoch of 20.
    private static readonly CheckpointRetention.Entry[] Ten =
    [
        .. Enumerable
            .Range(1, 10)
            .Select(i => new CheckpointRetention.Entry(
                i,
                TimeSpan.FromMinutes(i),
                i * 10,
                i == 1 ? null : Math.Abs(i - 4),
                i == 1 ? null
                    : i == 6 ? 0.9
                    : 0.5
            )),
    ];

    [Fact]
    public void The_newest_are_kept() => Kept(new() { Keep = 3 }).ShouldBe([8, 9, 10]);

    [Fact]
    public void One_of_each_interval_is_kept_for_good()
    {
        Kept(new() { Keep = 1, KeepEvery = CheckpointInterval.Epochs(2) }).ShouldBe([1, 4, 8, 10]);
        Kept(new() { Keep = 1, KeepEvery = CheckpointInterval.Samples(50) }).ShouldBe([1, 5, 10]);
        Kept(new() { Keep = 1, KeepEvery = CheckpointInterval.Time(TimeSpan.FromMinutes(4)) }).ShouldBe([1, 4, 8, 10]);
    }

    [Fact]
    public void The_best_is_kept()
    {
        Kept(new() { Keep = 1, Best = BestCheckpoint.Loss }).ShouldBe([4, 10]);
        Kept(new() { Keep = 1, Best = BestCheckpoint.Accuracy }).ShouldBe([6, 10]);
    }

    private static IEnumerable<int> Kept(CheckpointOptions options) =>
        Ten.Select(entry => entry.Number).Except(CheckpointRetention.Superfluous(Ten, options, trainSamples: 20));
}
