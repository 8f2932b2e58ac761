using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Parameters;
using ActorTrain.Protocol;

namespace ActorTrain.Tests.Coordinator;

public sealed class AdmissionChoiceTests
{
    [Theory]
    [InlineData("12,60,60", 60)]
    [InlineData("60,12,12", 12)]
    [InlineData("12,60", 60)]
    [InlineData("60,12", 60)]
    [InlineData("12", 12)]
    public void The_data_of_most_workers_is_chosen_and_of_as_many_the_larger_data_set(string samples, int chosen) =>
        AdmissionChoice
            .Create([.. samples.Split(',').Select((count, i) => ($"w:{i}", Prepared(int.Parse(count))))])
            .Dataset.TrainSamples.ShouldBe(chosen);

    [Fact]
    public void A_worker_that_trains_on_a_substitute_is_refused_with_its_name() =>
        AdmissionChoice
            .RefusalBy("aa", "w:1", Prepared(12).Dataset with { Substitute = "the built-in subset" })!
            .ShouldEndWith("and 12 training samples (the built-in subset); give it the data of the job");

    private static WorkerProtocol.Prepared Prepared(int samples) =>
        new(
            "1",
            new ModelDescription("linear", ParameterLayout.Create([("w", [8])]), ParameterLayout.Empty),
            new DatasetDescription("made-up", samples, 8, $"{samples}"),
            new DeviceDescription("cpu", "toy", 1),
            new Measurement(100, 64)
        );
}
