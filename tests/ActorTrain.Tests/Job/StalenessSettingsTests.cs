using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Settings;
using ActorTrain.Staleness;

namespace ActorTrain.Tests.Job;

/// <summary>The settings of staleness policies: their bounds, and changes to them during a job.</summary>
public sealed class StalenessSettingsTests
{
    [Theory]
    [InlineData(
        "staleness.policy = ssp",
        "actortrain.job.staleness.policy is ssp (job.conf, line 2); it must be one of accept, inverse, "
            + "staleness-aware, dc-asgd, dc-asgd-adaptive, gap-aware, dana-slim, delay-threshold."
    )]
    [InlineData(
        "staleness.threshold = 0",
        "actortrain.job.staleness.threshold is 0 (job.conf, line 2); it must be 1 or more."
    )]
    [InlineData(
        "staleness.dc-asgd.lambda = -0.1",
        "actortrain.job.staleness.dc-asgd.lambda is -0.1 (job.conf, line 2); it must be 0 or more."
    )]
    [InlineData(
        "staleness.dc-asgd-adaptive.lambda = -1",
        "actortrain.job.staleness.dc-asgd-adaptive.lambda is -1 (job.conf, line 2); it must be 0 or more."
    )]
    [InlineData(
        "staleness.dc-asgd-adaptive.memory = 1",
        "actortrain.job.staleness.dc-asgd-adaptive.memory is 1 (job.conf, line 2); it must be from 0 to below 1."
    )]
    [InlineData(
        "staleness.dc-asgd-adaptive.epsilon = 0",
        "actortrain.job.staleness.dc-asgd-adaptive.epsilon is 0 (job.conf, line 2); it must be more than 0."
    )]
    [InlineData(
        "staleness.gap-aware.memory = 1",
        "actortrain.job.staleness.gap-aware.memory is 1 (job.conf, line 2); it must be from 0 to below 1."
    )]
    [InlineData(
        "staleness.gap-aware.epsilon = 0",
        "actortrain.job.staleness.gap-aware.epsilon is 0 (job.conf, line 2); it must be more than 0."
    )]
    [InlineData(
        "staleness.policy = dana-slim, optimizer.name = adam",
        "actortrain.job.staleness.policy is dana-slim (job.conf, line 2); it must be another while the optimizer is "
            + "not sgd: dana-slim is SGD's momentum, one for each worker."
    )]
    [InlineData(
        "staleness.policy = dana-slim, optimizer.momentum = 0",
        "actortrain.job.staleness.policy is dana-slim (job.conf, line 2); it must be another while the optimizer's "
            + "momentum is 0: dana-slim is that momentum, one for each worker."
    )]
    [InlineData(
        "staleness.policy = dana-slim, optimizer.nesterov = on",
        "actortrain.job.staleness.policy is dana-slim (job.conf, line 2); it must be another while the optimizer's "
            + "nesterov is on: dana-slim looks ahead by itself."
    )]
    public void A_wrong_setting_is_named_with_its_place_and_its_valid_values(string setting, string sentence) =>
        JobSettings.ShouldBeRefused(setting, sentence);

    [Theory]
    [InlineData("staleness.policy = dana-slim")]
    [InlineData("staleness { policy = dana-slim, bound = 3 }")]
    [InlineData("staleness { policy = delay-threshold, threshold = 1 }")]
    [InlineData("staleness.dc-asgd.lambda = 0")]
    [InlineData("staleness.dc-asgd-adaptive.memory = 0")]
    [InlineData("staleness.policy = dc-asgd-adaptive, optimizer.name = adam")]
    [InlineData("staleness.policy = gap-aware, optimizer.nesterov = on")]
    public void A_setting_within_its_bounds_is_accepted(string setting) => JobSettings.ShouldBeAccepted(setting);

    [Fact]
    public void Each_staleness_setting_can_be_changed_without_the_others()
    {
        var job = JobOptionsReader.Read(
            null,
            Staleness("policy", "gap-aware"),
            Staleness("threshold", "7"),
            Staleness("rest", "250ms"),
            Staleness("dc-asgd-adaptive.epsilon", "3e-9"),
            Staleness("gap-aware.memory", "0.98")
        );

        JobOptionsReader.ReadStaleness(job.Staleness, job.Optimizer, algorithms: null).ShouldBe(job.Staleness);
        JobOptionsReader
            .ReadStaleness(
                job.Staleness,
                job.Optimizer,
                algorithms: null,
                Staleness("policy", "dc-asgd"),
                Staleness("dc-asgd.lambda", "0.125")
            )
            .ShouldBe(job.Staleness with { Policy = StalenessPolicy.DcAsgd, DcAsgd = new DcAsgdOptions(0.125) });
    }

    [Fact]
    public void A_change_to_a_policy_that_does_not_fit_the_jobs_optimizer_is_refused()
    {
        var job = JobOptionsReader.Read();
        JobOptionsReader
            .ReadStaleness(job.Staleness, job.Optimizer, algorithms: null, Staleness("policy", "dana-slim"))
            .Policy.ShouldBe(StalenessPolicy.DanaSlim);
        Should
            .Throw<ActorTrainException>(() =>
                JobOptionsReader.ReadStaleness(
                    job.Staleness,
                    new AdamW(),
                    algorithms: null,
                    Staleness("policy", "dana-slim")
                )
            )
            .Message.ShouldBe(
                "actortrain.job.staleness.policy is dana-slim (set); it must be another while the optimizer is not "
                    + "sgd: dana-slim is SGD's momentum, one for each worker."
            );
    }

    [Fact]
    public void Staleness_options_are_listed_with_the_policys_own_settings_only()
    {
        var staleness = JobOptionsReader.Read(null, Staleness("policy", "dc-asgd-adaptive")).Staleness;
        staleness
            .ToString()
            .ShouldBe(
                "policy = dc-asgd-adaptive, bound = 0, max-lease-lead = 0, demote-after = 3, rest = 60s, "
                    + "dc-asgd-adaptive.lambda = 2, dc-asgd-adaptive.memory = 0.95, dc-asgd-adaptive.epsilon = 1E-07"
            );
        (staleness with { Policy = StalenessPolicy.DelayThreshold })
            .ToString()
            .ShouldBe(
                "policy = delay-threshold, bound = 0, max-lease-lead = 0, demote-after = 3, rest = 60s, threshold = 64"
            );
        (staleness with { Policy = StalenessPolicy.Accept })
            .ToString()
            .ShouldBe("policy = accept, bound = 0, max-lease-lead = 0, demote-after = 3, rest = 60s");
    }

    private static SettingOverride Staleness(string key, string value) =>
        new("actortrain.job.staleness." + key, value, "set");
}
