using ActorTrain.Job;
using ActorTrain.Settings;

namespace ActorTrain.Tests.Job;

/// <summary>Intervals of checkpoints, as users write them.</summary>
public sealed class CheckpointIntervalTests
{
    [Theory]
    [InlineData("off", "off")]
    [InlineData("5m", "300s")]
    [InlineData("90 s", "90s")]
    [InlineData("1 epoch", "1 epoch")]
    [InlineData("2 epochs", "2 epochs")]
    [InlineData("100000 samples", "100000 samples")]
    public void What_is_read_is_written_so_that_it_is_read_again(string text, string written)
    {
        var interval = CheckpointInterval.Parse(text)!.Value;

        interval.ToString().ShouldBe(written);
        CheckpointInterval.Parse(written).ShouldBe(interval);
    }

    [Theory]
    [InlineData("")]
    [InlineData("often")]
    [InlineData("0 epochs")]
    [InlineData("1.5 epochs")]
    [InlineData("-1 samples")]
    [InlineData("10ms")]
    [InlineData("0")]
    public void Anything_else_is_none(string text) => CheckpointInterval.Parse(text).ShouldBeNull();

    [Fact]
    public void A_wrong_interval_is_named_with_what_is_right() =>
        Should
            .Throw<ActorTrainException>(() =>
                JobOptionsReader.Read(
                    null as string,
                    new SettingOverride("actortrain.job.checkpoint.every", "often", "--checkpoint-every")
                )
            )
            .Message.ShouldBe(
                "actortrain.job.checkpoint.every is often (--checkpoint-every); it must be off, a duration of 1s or "
                    + "more, or a number of epochs or samples such as 2 epochs."
            );

    [Fact]
    public void It_counts_the_intervals_that_have_passed()
    {
        var minute = TimeSpan.FromMinutes(1);
        CheckpointInterval.Off.Passed(minute, 100, 10).ShouldBe(0);
        CheckpointInterval.Time(TimeSpan.FromSeconds(25)).Passed(minute, 100, 10).ShouldBe(2);
        CheckpointInterval.Epochs(3).Passed(minute, 100, 10).ShouldBe(3);
        CheckpointInterval.Samples(60).Passed(minute, 100, 10).ShouldBe(1);
    }
}
