using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Settings;
using ActorTrain.Tests.Settings;

namespace ActorTrain.Tests.Job;

/// <summary>The options of a job come from files, defaults and overrides; a wrong key is an error.</summary>
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
    [InlineData(
        "consistency = loose",
        "actortrain.job.consistency is loose (job.conf, line 2); it must be a section, with keys such as "
            + "actortrain.job.consistency.name."
    )]
    [InlineData(
        "staleness.gap-aware.lambda = 1",
        "unknown key actortrain.job.staleness.gap-aware.lambda (job.conf, line 2); did you mean "
            + "actortrain.job.staleness.dc-asgd.lambda?"
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
    public void A_wrong_setting_is_named_with_its_place_and_its_valid_values(string setting, string sentence) =>
        JobSettings.ShouldBeRefused(setting, sentence);

    [Theory]
    [InlineData("model {}")]
    public void A_setting_within_its_bounds_is_accepted(string setting) => JobSettings.ShouldBeAccepted(setting);

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

    private static void A_file_is_refused(string text, string sentence)
    {
        using var file = new TextFile(text);
        file.Plain(Should.Throw<ActorTrainException>(() => JobOptionsReader.Read(file.Path)).Message)
            .ShouldBe(sentence);
    }
}
