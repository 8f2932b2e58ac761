using ActorTrain.CommandLine.Running;
using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Running;

public sealed class ModelMetadataTests
{
    [Fact]
    public void A_saved_model_tells_its_metric_by_name_and_number()
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

        var metadata = ModelMetadata.Of(JobOptionsReader.Read(), report);

        (metadata["metric"], metadata["test_accuracy"]).ShouldBe(("mean absolute error", "3.7"));
    }
}
