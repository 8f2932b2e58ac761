using ActorTrain.Coordinator;
using ActorTrain.Parameters;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Coordinator;

public sealed class AdmissionTests
{
    private static readonly WorkerProtocol.Prepared First = Prepared();

    [Fact]
    public void The_same_model_data_and_protocol_fit() => Judge(Prepared()).ShouldBeNull();

    [Fact]
    public void Another_protocol_version_does_not() => Judge(First with { ProtocolVersion = 99 })!
        .ShouldBe($"protocol version is 99 at late:2 and {WorkerProtocol.Version} at early:1; run the same version of ActorTrain on both");

    [Fact]
    public void Another_model_does_not() => Judge(Prepared(model: "cnn"))!.ShouldBe("model is cnn at late:2 and mlp at early:1");

    [Fact]
    public void Another_metric_does_not() => Judge(First with { Model = First.Model with { MetricName = "recall" } })!
        .ShouldBe("the metric of model mlp is recall at late:2 and accuracy at early:1; run the same program on both");

    [Fact]
    public void Another_shape_does_not() => Judge(Prepared(width: 6))!.ShouldBe("tensor 0 is w [6] at late:2 and w [5] at early:1");

    [Fact]
    public void Another_size_of_data_set_does_not() => Judge(Prepared(train: 50))!
        .ShouldBe("fashion-mnist has 50 training samples at late:2 and 60 at early:1; give both the same data");

    [Fact]
    public void Other_contents_of_the_data_set_do_not() => Judge(Prepared(fingerprint: "bb"))!
        .ShouldBe("fingerprint of fashion-mnist is bb at late:2 and aa at early:1; give both the same data");

    private static string? Judge(WorkerProtocol.Prepared candidate) => new Admission("early:1", First).Judge("late:2", candidate);

    private static WorkerProtocol.Prepared Prepared(string model = "mlp", int width = 5, int train = 60, string fingerprint = "aa") => new(
        "1", WorkerProtocol.Version,
        new ModelDescription(model, ParameterLayout.Of([("w", [width])]), ParameterLayout.Empty),
        new DatasetDescription("fashion-mnist", train, 10, fingerprint),
        new DeviceDescription("cpu", "toy", 1), new Measurement(100, 64));
}
