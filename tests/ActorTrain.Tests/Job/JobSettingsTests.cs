using ActorTrain.Job;
using ActorTrain.Settings;
using CsCheck;

namespace ActorTrain.Tests.Job;

/// <summary>The bounds of settings that are directly in the section of a job.</summary>
public sealed class JobSettingsTests
{
    [Theory]
    [InlineData("batch-size = -3", "actortrain.job.batch-size is -3 (job.conf, line 2); it must be 1 or more.")]
    [InlineData("batch-size = 0", "actortrain.job.batch-size is 0 (job.conf, line 2); it must be 1 or more.")]
    [InlineData(
        "batch-size = 1000001",
        "actortrain.job.batch-size is 1000001 (job.conf, line 2); it must be at most 1000000."
    )]
    [InlineData(
        "batch-size = abc",
        "actortrain.job.batch-size is abc (job.conf, line 2); it must be a whole number from 1 to 1000000."
    )]
    [InlineData(
        "batch-size = 1.5",
        "actortrain.job.batch-size is 1.5 (job.conf, line 2); it must be a whole number from 1 to 1000000."
    )]
    [InlineData(
        "batch-size = \"\"",
        "actortrain.job.batch-size is empty (job.conf, line 2); it must be a whole number from 1 to 1000000."
    )]
    [InlineData(
        "batch-size = null",
        "actortrain.job.batch-size is empty (job.conf, line 2); it must be a whole number from 1 to 1000000."
    )]
    [InlineData(
        "batch-size = 99999999999999999999",
        "actortrain.job.batch-size is 99999999999999999999 (job.conf, line 2); it must be at most 1000000."
    )]
    [InlineData(
        "batch-size = -99999999999999999999",
        "actortrain.job.batch-size is -99999999999999999999 (job.conf, line 2); it must be 1 or more."
    )]
    [InlineData(
        "batch-size = [1, 2]",
        "actortrain.job.batch-size is 1,2 (job.conf, line 2); it must be a whole number from 1 to 1000000."
    )]
    [InlineData(
        "batch-size {}",
        "actortrain.job.batch-size is empty (job.conf, line 2); it must be a whole number from 1 to 1000000."
    )]
    [InlineData("epochs = 0", "actortrain.job.epochs is 0 (job.conf, line 2); it must be 1 or more.")]
    [InlineData("shards = -1", "actortrain.job.shards is -1 (job.conf, line 2); it must be 0 or more.")]
    [InlineData("shards = 513", "actortrain.job.shards is 513 (job.conf, line 2); it must be at most 512.")]
    [InlineData(
        "micro-batches-per-lease = 0",
        "actortrain.job.micro-batches-per-lease is 0 (job.conf, line 2); it must be 1 or more."
    )]
    [InlineData("minimum-workers = 0", "actortrain.job.minimum-workers is 0 (job.conf, line 2); it must be 1 or more.")]
    [InlineData(
        "max-in-flight-pushes = -1",
        "actortrain.job.max-in-flight-pushes is -1 (job.conf, line 2); it must be 0 or more."
    )]
    [InlineData(
        "max-in-flight-pushes = 17",
        "actortrain.job.max-in-flight-pushes is 17 (job.conf, line 2); it must be at most 16."
    )]
    [InlineData(
        "transfer-dtype = f8",
        "actortrain.job.transfer-dtype is f8 (job.conf, line 2); it must be one of f32, bf16, f16."
    )]
    [InlineData("evaluate-every = 0", "actortrain.job.evaluate-every is 0 (job.conf, line 2); it must be 1 or more.")]
    [InlineData("seed = x", "actortrain.job.seed is x (job.conf, line 2); it must be a whole number.")]
    [InlineData(
        "gradient-clip-norm = -0.1",
        "actortrain.job.gradient-clip-norm is -0.1 (job.conf, line 2); it must be 0 or more."
    )]
    [InlineData(
        "gradient-clip-norm = NaN",
        "actortrain.job.gradient-clip-norm is NaN (job.conf, line 2); it must be 0 or more."
    )]
    [InlineData("name = \"\"", "actortrain.job.name is empty (job.conf, line 2); it must be text on one line.")]
    public void A_wrong_setting_is_named_with_its_place_and_its_valid_values(string setting, string sentence) =>
        JobSettings.ShouldBeRefused(setting, sentence);

    [Theory]
    [InlineData("batch-size = 1")]
    [InlineData("batch-size = 1000000")]
    [InlineData("shards = 0")]
    [InlineData("shards = 512")]
    [InlineData("max-in-flight-pushes = 16")]
    [InlineData("transfer-dtype = bf16")]
    [InlineData("seed = -9223372036854775808")]
    [InlineData("gradient-clip-norm = 0")]
    public void A_setting_within_its_bounds_is_accepted(string setting) => JobSettings.ShouldBeAccepted(setting);

    [Fact]
    public void A_whole_number_is_refused_only_by_its_bounds() =>
        Gen.Long.Sample(
            batch =>
            {
                var given = new SettingOverride(
                    "actortrain.job.batch-size",
                    batch.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    "--batch-size"
                );
                if (batch is >= 1 and <= 1_000_000)
                    JobOptionsReader.Read(null, given).BatchSize.ShouldBe((int)batch);
                else
                    Should.Throw<ActorTrainException>(() => JobOptionsReader.Read(null, given));
            },
            iter: 200
        );
}
