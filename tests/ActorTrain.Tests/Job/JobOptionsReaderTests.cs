using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Tests.Settings;
using CsCheck;

namespace ActorTrain.Tests.Job;

public class JobOptionsReaderTests
{
    [Fact]
    public void Without_a_file_the_defaults_of_the_reference_configuration_apply()
    {
        var job = JobOptionsReader.Read();

        job.Name.ShouldBe("training");
        job.Model.Name.ShouldBe("mlp");
        job.Model.Settings.ShouldBe(
            new Dictionary<string, string>
            {
                ["mlp.hidden"] = "1024,1024",
                ["cnn.channels"] = "16,32",
                ["cnn.hidden"] = "56",
                ["mobilenet.width"] = "0.25",
            },
            ignoreOrder: true
        );
        job.Data.Settings.ShouldContainKeyAndValue("augmentation.flip", "off");
        job.Data.Settings.ShouldNotContainKey("name");
        job.Optimizer.ShouldBe(new Sgd());
        job.Schedule.Kind.ShouldBe(ScheduleKind.Cosine);
        (job.Epochs, job.BatchSize, job.Shards, job.MinimumWorkers, job.Seed).ShouldBe((5, 64, 0, 1, 1L));
    }

    [Fact]
    public void A_file_overrides_the_defaults_and_an_option_overrides_the_file()
    {
        using var file = new TextFile(
            "actortrain.job { epochs = 3, batch-size = 16, model { name = cnn, mlp.hidden = [7] } }"
        );

        var job = JobOptionsReader.Read(
            file.Path,
            new SettingOverride("actortrain.job.batch-size", "8", "--batch-size"),
            new SettingOverride("actortrain.job.batch-size", "32", "--batch-size")
        );

        (job.Epochs, job.BatchSize, job.MicroBatchesPerLease, job.Model.Name).ShouldBe((3, 32, 16, "cnn"));
        job.Model.Settings["mlp.hidden"].ShouldBe("7");
        job.Model.Settings["cnn.hidden"].ShouldBe("56");
    }

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
    [InlineData(
        "consistency = loose",
        "actortrain.job.consistency is loose (job.conf, line 2); it must be a section, with keys such as "
            + "actortrain.job.consistency.name."
    )]
    [InlineData(
        "consistency.name = loose",
        "actortrain.job.consistency.name is loose (job.conf, line 2); it must be one of synchronous, bounded, "
            + "asynchronous."
    )]
    [InlineData(
        "consistency { name = synchronous, synchronous.backup-workers = -1 }",
        "actortrain.job.consistency.synchronous.backup-workers is -1 (job.conf, line 2); it must be 0 or more."
    )]
    [InlineData(
        "consistency { name = synchronous, synchronous { backup-workers = 1, global-batch-size = 64 } }",
        "actortrain.job.consistency.synchronous.global-batch-size is 64 (job.conf, line 2); it must be 0 while "
            + "actortrain.job.consistency.synchronous.backup-workers is above 0: a step is then the first gradients, "
            + "whatever their samples."
    )]
    [InlineData(
        "consistency { name = synchronous, synchronous { backup-workers = 1, deterministic = on } }",
        "actortrain.job.consistency.synchronous.deterministic is on (job.conf, line 2); it must be off while "
            + "actortrain.job.consistency.synchronous.backup-workers is above 0: which gradients come first depends "
            + "on timing."
    )]
    [InlineData(
        "consistency { name = synchronous, synchronous.deterministic = on }",
        "actortrain.job.consistency.synchronous.deterministic is on (job.conf, line 2); it must be off while "
            + "actortrain.job.consistency.synchronous.global-batch-size is 0: a step then follows the number "
            + "of workers."
    )]
    [InlineData(
        "local-steps.steps = 8\nconsistency { name = synchronous, "
            + "synchronous { deterministic = on, global-batch-size = 64 } }",
        "actortrain.job.consistency.synchronous.deterministic is on (job.conf, line 3); it must be off while "
            + "local-steps.steps is above 1: a worker's optimizer state depends on which parts it computed."
    )]
    [InlineData(
        "local-steps { steps = 8, follow-speed = on }\nconsistency.name = synchronous",
        "actortrain.job.local-steps.follow-speed is on (job.conf, line 2); it must be off while consistency.name is "
            + "synchronous: a step waits for all workers anyway."
    )]
    [InlineData(
        "shards = 2\nconsistency { name = synchronous, synchronous.backup-workers = 1 }",
        "actortrain.job.shards is 2 (job.conf, line 2); it must be 0 or 1 while "
            + "actortrain.job.consistency.synchronous.backup-workers is above 0: each shard would close steps of its "
            + "own."
    )]
    [InlineData(
        "transfer-dtype = bf16\nconsistency { name = synchronous, "
            + "synchronous { deterministic = on, global-batch-size = 64 } }",
        "actortrain.job.transfer-dtype is bf16 (job.conf, line 2); it must be f32 while "
            + "actortrain.job.consistency.synchronous.deterministic is on: rounding depends on which workers share a "
            + "machine with a shard."
    )]
    [InlineData(
        "consistency { name = bounded, bounded { staleness = 4, max-staleness = 3 } }",
        "actortrain.job.consistency.bounded.max-staleness is 3 (job.conf, line 2); it must be 0, or at least "
            + "actortrain.job.consistency.bounded.staleness, which is 4."
    )]
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
        "staleness.gap-aware.lambda = 1",
        "unknown key actortrain.job.staleness.gap-aware.lambda (job.conf, line 2); did you mean "
            + "actortrain.job.staleness.dc-asgd.lambda?"
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
    [InlineData(
        "model = mlp",
        "actortrain.job.model is mlp (job.conf, line 2); it must be a section, with keys such as "
            + "actortrain.job.model.name."
    )]
    [InlineData("optimiser = sgd", "unknown key actortrain.job.optimiser (job.conf, line 2); did you mean optimizer?")]
    [InlineData(
        "optimiser {\n name = sgd }",
        "unknown key actortrain.job.optimiser (job.conf, line 2); did you mean optimizer?"
    )]
    [InlineData(
        "learning-rate = 1",
        "unknown key actortrain.job.learning-rate (job.conf, line 2); did you mean "
            + "actortrain.job.optimizer.learning-rate?"
    )]
    [InlineData(
        "epochs { a = 1 }",
        "unknown key actortrain.job.epochs.a (job.conf, line 2); actortrain.job.epochs is a value and holds no keys."
    )]
    [InlineData(
        "model.cnn.wings = 2",
        "unknown key actortrain.job.model.cnn.wings (job.conf, line 2); actortrain.job.model.cnn has the keys "
            + "channels, hidden."
    )]
    public void A_wrong_setting_is_named_with_its_place_and_its_valid_values(string setting, string sentence)
    {
        using var file = new TextFile($"actortrain.job {{\n{setting}\n}}");

        file.Plain(Should.Throw<ActorTrainException>(() => JobOptionsReader.Read(file.Path)).Message)
            .ShouldBe(sentence);
    }

    [Theory]
    [InlineData("batch-size = 1")]
    [InlineData("batch-size = 1000000")]
    [InlineData("shards = 0")]
    [InlineData("shards = 512")]
    [InlineData("max-in-flight-pushes = 16")]
    [InlineData("transfer-dtype = bf16")]
    [InlineData("seed = -9223372036854775808")]
    [InlineData("gradient-clip-norm = 0")]
    [InlineData("optimizer.momentum = 0")]
    [InlineData("optimizer.momentum = 0.999")]
    [InlineData("optimizer.learning-rate = 1e-30")]
    [InlineData("schedule.step-factor = 1")]
    [InlineData("schedule.floor = 0")]
    [InlineData("schedule.floor = 1")]
    [InlineData("schedule.warm-up = 0.5")]
    [InlineData("staleness.policy = dana-slim")]
    [InlineData("staleness { policy = dana-slim, bound = 3 }")]
    [InlineData("staleness { policy = delay-threshold, threshold = 1 }")]
    [InlineData("staleness.dc-asgd.lambda = 0")]
    [InlineData("staleness.dc-asgd-adaptive.memory = 0")]
    [InlineData("staleness.policy = dc-asgd-adaptive, optimizer.name = adam")]
    [InlineData("staleness.policy = gap-aware, optimizer.nesterov = on")]
    [InlineData("optimizer { name = adam, nesterov = on, momentum = 0 }")]
    [InlineData("optimizer.name = AdamW")]
    [InlineData("local-steps { steps = 2, follow-speed = on }")]
    [InlineData("batch-size = 100000, local-steps.steps = 10000")]
    [InlineData("local-steps.outer { momentum = 0, nesterov = off }")]
    [InlineData("model {}")]
    public void A_setting_within_its_bounds_is_accepted(string setting)
    {
        using var file = new TextFile($"actortrain.job {{\n{setting}\n}}");

        Should.NotThrow(() => JobOptionsReader.Read(file.Path));
    }

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

    [Fact]
    public void A_wrong_option_is_named_as_the_user_typed_it() =>
        Should
            .Throw<ActorTrainException>(() =>
                JobOptionsReader.Read(null, new SettingOverride("actortrain.job.epochs", "many", "--epochs"))
            )
            .Message.ShouldBe("actortrain.job.epochs is many (--epochs); it must be a whole number from 1 to 1000000.");

    [Fact]
    public void An_error_about_a_key_outside_its_section_names_the_full_key() =>
        A_file_is_refused("epochs = 3", "unknown key epochs (job.conf, line 1); did you mean actortrain.job.epochs?");

    [Fact]
    public void Keys_of_akka_are_not_checked()
    {
        using var file = new TextFile("akka.loglevel = DEBUG\nakka { anything.at-all = 3 }");

        JobOptionsReader.Read(file.Path).Epochs.ShouldBe(5);
    }

    [Fact]
    public void Switches_of_an_engine_become_on_or_off()
    {
        using var file = new TextFile("actortrain.job.data.augmentation.flip = true");

        JobOptionsReader.Read(file.Path).Data.Settings["augmentation.flip"].ShouldBe("on");
    }

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

    private static SettingOverride Staleness(string key, string value) =>
        new("actortrain.job.staleness." + key, value, "set");

    private static void A_file_is_refused(string text, string sentence)
    {
        using var file = new TextFile(text);
        file.Plain(Should.Throw<ActorTrainException>(() => JobOptionsReader.Read(file.Path)).Message)
            .ShouldBe(sentence);
    }
}
