using ActorTrain.CommandLine.Running;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Saving;

namespace ActorTrain.Cli.Tests.Running;

public sealed class ModelMetadataTests
{
    private static readonly JobOptions Job = JobOptionsReader.Read();

    private static readonly DatasetSummary Pets = new("pets", 60, 10, "c0ffee")
    {
        Classes = 2,
        ClassNames = ["cat", "Köter \"Rex\""],
        Mean = 0.286f,
        Deviation = 0.353f,
    };

    [Fact]
    public void The_metadata_names_the_data_set_its_classes_and_its_normalization()
    {
        Data(ModelMetadata.Create(Job, Report(Pets)))
            .ShouldBe([
                "data: pets",
                "data_fingerprint: c0ffee",
                "data_classes: 2",
                """data_class_names: ["cat","Köter \"Rex\""]""",
                "data_mean: 0.286",
                "data_deviation: 0.353",
            ]);
    }

    [Fact]
    public void A_model_saved_during_training_has_the_same_metadata_of_its_data()
    {
        var description = new ModelDescription("linear", ParameterLayout.Empty, ParameterLayout.Empty);
        var model = new TrainedModel(description, default, default) { Data = Pets };

        Data(ModelMetadata.Create(Job, Progress, model)).ShouldBe(Data(ModelMetadata.Create(Job, Report(Pets))));
    }

    [Fact]
    public void Unknown_facts_of_the_data_are_left_out() =>
        Data(ModelMetadata.Create(Job, Report(new DatasetSummary("waves", 60, 10, "c0ffee"))))
            .ShouldBe(["data: waves", "data_fingerprint: c0ffee"]);

    [Fact]
    public void The_metadata_has_the_name_and_value_of_the_metric()
    {
        var report = new TrainingReport(
            "first",
            new ModelSummary("line", 1),
            new DatasetSummary("points", 300, 30, "aa"),
            "asynchronous",
            1,
            3.7,
            [],
            300,
            300,
            0,
            2,
            150,
            [],
            [],
            new StalenessSummary(0, 0, []),
            [],
            "mean absolute error"
        );

        var metadata = ModelMetadata.Create(Job, report);

        (metadata["metric"], metadata["test_accuracy"]).ShouldBe(("mean absolute error", "3.7"));
    }

    private static IEnumerable<string> Data(IReadOnlyDictionary<string, string> metadata) =>
        metadata
            .Where(pair => pair.Key.StartsWith("data", StringComparison.Ordinal))
            .Select(pair => $"{pair.Key}: {pair.Value}");

    private static JobProgress Progress { get; } =
        new(
            "first",
            JobPhase.Training,
            "",
            2,
            3,
            60,
            180,
            1,
            60,
            0.5,
            0.75,
            [],
            [],
            new StalenessSummary(0, 0, []),
            []
        );

    private static TrainingReport Report(DatasetSummary data) =>
        new(
            "first",
            new ModelSummary("linear", 38),
            data,
            "asynchronous",
            7,
            0.75,
            [],
            180,
            60,
            0,
            1,
            60,
            [],
            [],
            new StalenessSummary(0, 0, []),
            []
        );
}
