using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Tests.Settings;

namespace ActorTrain.Tests.Job;

/// <summary>The bounds of the settings of optimizers, schedules and local steps.</summary>
public sealed class OptimizerSettingsTests
{
    [Theory]
    [InlineData(
        "optimizer.name = rmsprop",
        "actortrain.job.optimizer.name is rmsprop (job.conf, line 2); it must be one of sgd, adam, adamw."
    )]
    [InlineData(
        "optimizer.learning-rate = 0",
        "actortrain.job.optimizer.learning-rate is 0 (job.conf, line 2); it must be more than 0."
    )]
    [InlineData(
        "optimizer.learning-rate = 1e-50",
        "actortrain.job.optimizer.learning-rate is 1e-50 (job.conf, line 2); it must be more than 0."
    )]
    [InlineData(
        "optimizer.learning-rate = 1e39",
        "actortrain.job.optimizer.learning-rate is 1e39 (job.conf, line 2); it must be more than 0."
    )]
    [InlineData(
        "optimizer.learning-rate = fast",
        "actortrain.job.optimizer.learning-rate is fast (job.conf, line 2); it must be a number, more than 0."
    )]
    [InlineData(
        "optimizer.momentum = 1",
        "actortrain.job.optimizer.momentum is 1 (job.conf, line 2); it must be from 0 to below 1."
    )]
    [InlineData(
        "optimizer.nesterov = perhaps",
        "actortrain.job.optimizer.nesterov is perhaps (job.conf, line 2); it must be on or off."
    )]
    [InlineData(
        "optimizer { nesterov = on, momentum = 0 }",
        "actortrain.job.optimizer.nesterov is on (job.conf, line 2); it must be off while "
            + "actortrain.job.optimizer.momentum is 0."
    )]
    [InlineData(
        "local-steps.steps = 0",
        "actortrain.job.local-steps.steps is 0 (job.conf, line 2); it must be 1 or more."
    )]
    [InlineData(
        "local-steps.steps = 1000001",
        "actortrain.job.local-steps.steps is 1000001 (job.conf, line 2); it must be at most 1000000."
    )]
    [InlineData(
        "batch-size = 100000, local-steps.steps = 10001",
        "actortrain.job.local-steps.steps is 10001 (job.conf, line 2); it must be at most 10000."
    )]
    [InlineData(
        "local-steps.follow-speed = on",
        "actortrain.job.local-steps.follow-speed is on (job.conf, line 2); it must be off while "
            + "actortrain.job.local-steps.steps is 1: there is nothing to follow with."
    )]
    [InlineData(
        "local-steps.outer.learning-rate = 0",
        "actortrain.job.local-steps.outer.learning-rate is 0 (job.conf, line 2); it must be more than 0."
    )]
    [InlineData(
        "local-steps.outer.momentum = 1",
        "actortrain.job.local-steps.outer.momentum is 1 (job.conf, line 2); it must be from 0 to below 1."
    )]
    [InlineData(
        "local-steps.outer { nesterov = on, momentum = 0 }",
        "actortrain.job.local-steps.outer.nesterov is on (job.conf, line 2); it must be off while "
            + "actortrain.job.local-steps.outer.momentum is 0."
    )]
    [InlineData(
        "schedule.step-factor = 1.01",
        "actortrain.job.schedule.step-factor is 1.01 (job.conf, line 2); it must be more than 0 and at most 1."
    )]
    [InlineData(
        "schedule.floor = -0.5",
        "actortrain.job.schedule.floor is -0.5 (job.conf, line 2); it must be from 0 to 1."
    )]
    [InlineData(
        "schedule.step-epochs = 0",
        "actortrain.job.schedule.step-epochs is 0 (job.conf, line 2); it must be more than 0."
    )]
    public void A_wrong_setting_is_named_with_its_place_and_its_valid_values(string setting, string sentence) =>
        JobSettings.ShouldBeRefused(setting, sentence);

    [Theory]
    [InlineData("optimizer.momentum = 0")]
    [InlineData("optimizer.momentum = 0.999")]
    [InlineData("optimizer.learning-rate = 1e-30")]
    [InlineData("schedule.step-factor = 1")]
    [InlineData("schedule.floor = 0")]
    [InlineData("schedule.floor = 1")]
    [InlineData("schedule.warm-up = 0.5")]
    [InlineData("optimizer { name = adam, nesterov = on, momentum = 0 }")]
    [InlineData("optimizer.name = AdamW")]
    [InlineData("local-steps { steps = 2, follow-speed = on }")]
    [InlineData("batch-size = 100000, local-steps.steps = 10000")]
    [InlineData("local-steps.outer { momentum = 0, nesterov = off }")]
    public void A_setting_within_its_bounds_is_accepted(string setting) => JobSettings.ShouldBeAccepted(setting);

    [Fact]
    public void One_local_step_is_off_and_the_default_outer_step_applies_a_workers_difference_unchanged()
    {
        using var file = new TextFile(
            "actortrain.job { batch-size = 10, local-steps { steps = 50, follow-speed = on } }"
        );
        var (off, on) = (JobOptionsReader.Read(), JobOptionsReader.Read(file.Path));

        (off.LocalSteps.IsOn, off.PushSamples, off.ShardOptimizer, off.ShardSchedule).ShouldBe(
            (false, 64, off.Optimizer, off.Schedule)
        );
        (
            on.LocalSteps.IsOn,
            on.PushSamples,
            on.LocalSteps.FollowSpeed,
            on.ShardSchedule.Kind,
            on.ShardSchedule.WarmUpEpochs
        ).ShouldBe((true, 500, true, ScheduleKind.Constant, 0));
        on.ShardOptimizer.ShouldBe(new Sgd(1) { Momentum = 0 });
    }
}
