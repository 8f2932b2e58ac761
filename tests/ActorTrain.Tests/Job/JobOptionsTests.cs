using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Staleness;
using Microsoft.Extensions.Configuration;

namespace ActorTrain.Tests.Job;

public class JobOptionsTests
{
    [Fact]
    public void The_defaults_in_code_are_those_of_the_reference_configuration() =>
        new JobOptions().ShouldBe(JobOptionsReader.Read());

    [Fact]
    public void A_model_named_in_code_has_the_default_settings()
    {
        var job = new JobOptions
        {
            Model = new ModelOptions("cnn") { Settings = new Dictionary<string, string> { ["cnn.hidden"] = "9" } },
        };

        job.Model.Settings["cnn.hidden"].ShouldBe("9");
        job.Model.Settings["cnn.channels"].ShouldBe("16,32");
        new JobOptions { Model = "cnn" }
            .Model.Settings["cnn.hidden"]
            .ShouldBe("56");
    }

    [Fact]
    public void Two_jobs_with_equal_settings_are_equal()
    {
        static JobOptions Job(string value) =>
            new()
            {
                Optimizer = new CustomOptimizer("lion", 1e-4)
                {
                    Settings = new Dictionary<string, string> { ["beta"] = value },
                },
            };

        Job("0.9").ShouldBe(Job("0.9"));
        Job("0.9").ShouldNotBe(Job("0.8"));
    }

    [Theory]
    [InlineData("adam"), InlineData("adamw"), InlineData("sgd"), InlineData("lion")]
    public void Each_optimizer_of_code_is_read_back_unchanged(string name)
    {
        OptimizerOptions optimizer = name switch
        {
            "adam" => new Adam(1e-3) { Beta1 = 0.8, WeightDecay = 0.1 },
            "adamw" => new AdamW(1e-3) { Beta2 = 0.99, Epsilon = 1e-6 },
            "sgd" => new Sgd(0.1) { Momentum = 0.5, Nesterov = true },
            _ => new CustomOptimizer(name, 1e-4) { Settings = new Dictionary<string, string> { ["beta"] = "0.9" } },
        };
        var job = new JobOptions { Optimizer = optimizer };

        JobOptionsReader.Copy(job).ShouldBe(job);
    }

    [Fact]
    public void A_setting_that_has_no_effect_in_its_place_is_refused() =>
        Should
            .Throw<ActorTrainException>(() =>
                JobOptionsReader.Check(
                    new JobOptions
                    {
                        LocalSteps = new(4)
                        {
                            Outer = new Sgd(1) { Momentum = 0, WeightDecay = 0.1 },
                        },
                    }
                )
            )
            .Message.ShouldBe(
                "JobOptions.LocalSteps.Outer.WeightDecay is 0.1; it has no effect there, and must not be set."
            );

    [Fact]
    public void A_job_is_read_from_a_section_of_dotnet_configuration()
    {
        var job = JobOptionsReader.Read(
            Section(
                """
                {
                  "Name": "nightly", "Epochs": 3, "batch-size": 32,
                  "Model": { "Name": "mlp", "Mlp": { "Hidden": [ 64, 32 ] } },
                  "Optimizer": { "Name": "AdamW", "LearningRate": 1e-3, "WeightDecay": 0.01 },
                  "Staleness": { "Policy": "inverse", "Bound": 8 },
                  "Balance": { "Repeat": false }
                }
                """
            )
        );

        var expected = new JobOptions
        {
            Name = "nightly",
            Epochs = 3,
            BatchSize = 32,
            Model = new ModelOptions("mlp") { Settings = new Dictionary<string, string> { ["mlp.hidden"] = "64,32" } },
            Optimizer = new AdamW(1e-3) { WeightDecay = 0.01 },
            Staleness = new StalenessOptions { Policy = StalenessPolicy.Inverse, Bound = 8 },
            Balance = new(Repeat: false),
        };
        job.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{ "Epochs": 0 }""", "actortrain.job.epochs is 0 (Jobs:Epochs); it must be 1 or more.")]
    [InlineData(
        """{ "Optimizer": { "LearningRate": "fast" } }""",
        "actortrain.job.optimizer.learning-rate is fast (Jobs:Optimizer:LearningRate); it must be a number, more than "
            + "0."
    )]
    [InlineData("""{ "Epoch": 3 }""", "unknown key actortrain.job.Epoch (Jobs:Epoch); did you mean epochs?")]
    public void A_wrong_value_or_key_of_dotnet_configuration_is_refused_with_its_path(string json, string message) =>
        Should.Throw<ActorTrainException>(() => JobOptionsReader.Read(Section(json))).Message.ShouldBe(message);

    [Fact]
    public void What_is_null_or_empty_in_dotnet_configuration_is_not_set() =>
        JobOptionsReader
            .Read(Section("""{ "Name": null, "Staleness": {}, "Optimizer": { "Settings": {} } }"""))
            .ShouldBe(new JobOptions());

    [Fact]
    public void A_value_beside_values_below_it_is_refused()
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?> { ["Jobs:Model"] = "cnn", ["Jobs:Model:Name"] = "mlp" }
            )
            .Build()
            .GetSection("Jobs");

        Should
            .Throw<ActorTrainException>(() => JobOptionsReader.Read(section))
            .Message.ShouldBe("Jobs:Model is cnn, and has values below it (Jobs:Model:Name); it must be one of both.");
    }

    private static IConfigurationSection Section(string json) =>
        new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes($$"""{ "Jobs": {{json}} }""")))
            .Build()
            .GetSection("Jobs");
}
