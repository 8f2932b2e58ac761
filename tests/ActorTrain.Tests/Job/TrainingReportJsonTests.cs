using ActorTrain.Job;
using ActorTrain.Tests.Settings;

namespace ActorTrain.Tests.Job;

public class TrainingReportJsonTests
{
    private static readonly TrainingReport Example = new(
        "first",
        new ModelSummary("mlp", 1_863_690),
        new DatasetSummary("fashion-mnist", 60_000, 10_000, "c0ffee"),
        "asynchronous",
        7,
        0.8812,
        [
            new EpochSummary(1, 60_000, 12.5, 0.52, 0.41, 0.8812),
            new EpochSummary(2, 30_000, 6.25, double.NaN, null, null),
        ],
        120_000,
        90_000,
        3,
        18.75,
        4800,
        [new WorkerSummary("127.0.0.1:5001", "cpu Xeon", 1, 90_000, 1407, 4800, 1, 0.5, 2, [1400, 6, 1])],
        [new ShardSummary(0, "127.0.0.1:4053", 1_863_690, 1407)],
        new StalenessSummary(0.5, 2, [800, 500, 107]),
        [
            new SupervisionEvent(
                TimeSpan.FromSeconds(3.5),
                "worker-lost",
                "127.0.0.1:5002",
                "it left",
                "its leases go to others"
            ),
        ]
    );

    [Fact]
    public void The_keys_and_their_order_are_stable() =>
        TrainingReportJson
            .Serialize(Example)
            .ShouldBe(
                """
                {
                  "job": "first",
                  "model": {
                    "name": "mlp",
                    "parameters": 1863690
                  },
                  "data": {
                    "name": "fashion-mnist",
                    "trainSamples": 60000,
                    "testSamples": 10000,
                    "fingerprint": "c0ffee"
                  },
                  "consistency": "asynchronous",
                  "seed": 7,
                  "testAccuracy": 0.8812,
                  "epochs": [
                    {
                      "epoch": 1,
                      "samples": 60000,
                      "seconds": 12.5,
                      "trainLoss": 0.52,
                      "testLoss": 0.41,
                      "testAccuracy": 0.8812
                    },
                    {
                      "epoch": 2,
                      "samples": 30000,
                      "seconds": 6.25,
                      "trainLoss": null,
                      "testLoss": null,
                      "testAccuracy": null
                    }
                  ],
                  "samplesExpected": 120000,
                  "samplesApplied": 90000,
                  "duplicatesRefused": 3,
                  "wallSeconds": 18.75,
                  "throughput": 4800,
                  "workers": [
                    {
                      "node": "127.0.0.1:5001",
                      "device": "cpu Xeon",
                      "threads": 1,
                      "samples": 90000,
                      "pushes": 1407,
                      "throughput": 4800,
                      "share": 1,
                      "stalenessMean": 0.5,
                      "stalenessMax": 2,
                      "stalenessHistogram": [
                        1400,
                        6,
                        1
                      ]
                    }
                  ],
                  "shards": [
                    {
                      "index": 0,
                      "node": "127.0.0.1:4053",
                      "parameters": 1863690,
                      "version": 1407
                    }
                  ],
                  "staleness": {
                    "mean": 0.5,
                    "max": 2,
                    "histogram": [
                      800,
                      500,
                      107
                    ]
                  },
                  "events": [
                    {
                      "elapsedSeconds": 3.5,
                      "kind": "worker-lost",
                      "node": "127.0.0.1:5002",
                      "reason": "it left",
                      "action": "its leases go to others"
                    }
                  ],
                  "metric": "accuracy"
                }

                """.ReplaceLineEndings("\n")
            );

    [Fact]
    public void Classes_and_normalisation_of_the_data_set_are_written_where_known()
    {
        var json = TrainingReportJson.Serialize(
            Example with
            {
                Data = Example.Data with
                {
                    Classes = 2,
                    ClassNames = ["cat", "dog"],
                    Mean = 0.286f,
                    Deviation = 0.353f,
                },
            }
        );

        json.ShouldContain(
            """
                "fingerprint": "c0ffee",
                "classes": 2,
                "classNames": [
                  "cat",
                  "dog"
                ],
                "mean": 0.286,
                "deviation": 0.353
              },
            """.ReplaceLineEndings("\n")
        );
        TrainingReportJson.Serialize(TrainingReportJson.Deserialize(json)).ShouldBe(json);
    }

    [Fact]
    public void A_written_report_can_be_read_back()
    {
        var json = TrainingReportJson.Serialize(Example);

        TrainingReportJson.Serialize(TrainingReportJson.Deserialize(json)).ShouldBe(json);
    }

    [Fact]
    public void A_metric_has_its_own_name_and_is_accuracy_in_a_report_without_one()
    {
        var json = TrainingReportJson.Serialize(Example with { Metric = "mean absolute error", TestAccuracy = 3.7 });

        json.ShouldContain("\"metric\": \"mean absolute error\"");
        json.ShouldContain("\"testAccuracy\": 3.7");
        TrainingReportJson
            .Deserialize(json.Replace(",\n  \"metric\": \"mean absolute error\"", "", StringComparison.Ordinal))
            .Metric.ShouldBe("accuracy");
    }

    [Fact]
    public async Task A_file_is_replaced_as_a_whole_and_leaves_no_other_file()
    {
        using var file = new TextFile("an older report", "report.json");

        await TrainingReportJson.WriteFileAsync(Example, file.Path);

        (await File.ReadAllTextAsync(file.Path)).ShouldBe(TrainingReportJson.Serialize(Example));
        Directory.GetFiles(Path.GetDirectoryName(file.Path)!).ShouldBe([file.Path]);
    }

    [Fact]
    public async Task A_missing_folder_is_named() =>
        (
            await Should.ThrowAsync<ActorTrainException>(() =>
                TrainingReportJson.WriteFileAsync(Example, Path.Combine("no-such-folder", "report.json"))
            )
        ).Message.ShouldStartWith($"The report cannot be written to {Path.Combine("no-such-folder", "report.json")}: ");

    [Fact]
    public void A_text_that_is_no_report_is_refused() =>
        Should
            .Throw<ActorTrainException>(() => TrainingReportJson.Deserialize("[]"))
            .Message.ShouldStartWith("this is no report: ");
}
