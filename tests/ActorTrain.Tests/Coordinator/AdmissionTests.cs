using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Parameters;
using ActorTrain.Protocol;

namespace ActorTrain.Tests.Coordinator;

public sealed class AdmissionTests
{
    private static readonly WorkerProtocol.Prepared First = Prepared();

    [Fact]
    public void The_same_model_and_data_are_admitted() => Judge(Prepared()).ShouldBeNull();

    [Fact]
    public void Another_model_is_refused() =>
        Judge(Prepared(model: "cnn"))!.ShouldBe("model is cnn at late:2 and mlp at early:1");

    [Fact]
    public void Another_metric_is_refused() =>
        Judge(First with { Model = First.Model with { MetricName = "recall" } })!
            .ShouldBe(
                "the metric of model mlp is recall at late:2 and accuracy at early:1; run the same program on both"
            );

    [Fact]
    public void Another_shape_is_refused() =>
        Judge(Prepared(width: 6))!.ShouldBe("tensor 0 is w [6] at late:2 and w [5] at early:1");

    [Fact]
    public void A_data_set_of_another_size_is_refused() =>
        Judge(Prepared(train: 50))!
            .ShouldBe("fashion-mnist has 50 training samples at late:2 and 60 at early:1; give both the same data");

    [Fact]
    public void A_data_set_with_other_contents_is_refused() =>
        Judge(Prepared(fingerprint: "bb"))!
            .ShouldBe("fingerprint of fashion-mnist is bb at late:2 and aa at early:1; give both the same data");

    [Theory]
    [InlineData(
        "cat,dog",
        0.5f,
        "inputs of fashion-mnist are normalised by mean 0.5 and deviation 0.25 at late:2 and nothing"
    )]
    [InlineData("cat,cow", null, "class 1 of fashion-mnist is cow at late:2 and dog")]
    [InlineData("cat,dog,cow", null, "fashion-mnist has 3 classes at late:2 and 2")]
    public void Other_classes_or_another_normalisation_are_refused(string names, float? mean, string sentence) =>
        new Admission("early:1", Named("cat,dog", null))
            .RefusalOf("late:2", Named(names, mean))
            .ShouldBe($"{sentence} at early:1; give both the same data");

    [Fact]
    public void A_normalisation_that_differs_by_rounding_is_admitted() =>
        new Admission("early:1", Named("cat,dog", 0.5f))
            .RefusalOf("late:2", Named("cat,dog", 0.500001f))
            .ShouldBeNull();

    [Fact]
    public void The_summary_of_the_data_set_has_its_classes_and_its_normalisation()
    {
        var data = new Admission("early:1", Named("cat,dog", 0.5f)).DatasetSummary;

        (data.Name, data.Classes, data.Mean, data.Deviation).ShouldBe(("fashion-mnist", 2, 0.5f, 0.25f));
        data.ClassNames.ShouldBe(["cat", "dog"]);
        var none = new Admission("early:1", First).DatasetSummary;
        (none.Classes, none.ClassNames, none.Mean, none.Deviation).ShouldBe((null, null, null, null));
    }

    private static WorkerProtocol.Prepared Named(string names, float? mean) =>
        First with
        {
            Dataset = First.Dataset with
            {
                Classes = names.Split(',').Length,
                ClassNames = names.Split(','),
                Mean = mean,
                Deviation = mean is null ? null : 0.25f,
            },
        };

    private static string? Judge(WorkerProtocol.Prepared candidate) =>
        new Admission("early:1", First).RefusalOf("late:2", candidate);

    private static WorkerProtocol.Prepared Prepared(
        string model = "mlp",
        int width = 5,
        int train = 60,
        string fingerprint = "aa"
    ) =>
        new(
            "1",
            new ModelDescription(model, ParameterLayout.Create([("w", [width])]), ParameterLayout.Empty),
            new DatasetDescription("fashion-mnist", train, 10, fingerprint),
            new DeviceDescription("cpu", "toy", 1),
            new Measurement(100, 64)
        );
}
