using ActorTrain.CommandLine.Running;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Supervision;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;

namespace ActorTrain.Tests.CommandLine;

public sealed class ModelMetadataTests
{
    private static readonly DatasetSummary Pets = new("pets", 60, 10, "c0ffee")
    {
        Classes = 2,
        ClassNames = ["cat", "Köter \"Rex\""],
        Mean = 0.286f,
        Deviation = 0.353f,
    };

    [Fact]
    public void A_saved_model_names_the_data_that_it_was_trained_on_with_its_classes_and_its_normalisation()
    {
        Data(ModelMetadata.Of(Jobs.Of(), Report(Pets)))
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
    public void A_model_saved_in_the_middle_has_the_same_of_its_data()
    {
        var description = new ModelDescription("linear", ParameterLayout.Empty, ParameterLayout.Empty);
        var model = new TrainedModel(description, default, default) { Data = Pets };

        Data(ModelMetadata.Of(Jobs.Of(), Progress, model)).ShouldBe(Data(ModelMetadata.Of(Jobs.Of(), Report(Pets))));
    }

    [Fact]
    public void What_is_not_known_of_the_data_is_left_out() =>
        Data(ModelMetadata.Of(Jobs.Of(), Report(new DatasetSummary("waves", 60, 10, "c0ffee"))))
            .ShouldBe(["data: waves", "data_fingerprint: c0ffee"]);

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
