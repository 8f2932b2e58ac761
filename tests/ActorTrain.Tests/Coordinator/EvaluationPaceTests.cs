using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Parameters;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Coordinator;

public sealed class EvaluationPaceTests
{
    [Theory]
    [InlineData(8, 1, 65)]
    [InlineData(8, 2, 129)]
    [InlineData(16 << 20, 1, 5)]
    [InlineData(1 << 30, 1, 2)]
    public void Leases_run_ahead_as_many_epochs_as_fit_the_memory_and_64_at_most(
        int parameters,
        int evaluateEvery,
        int lastEpoch
    ) => Pace(1000, parameters, evaluateEvery).LastEpoch.ShouldBe(lastEpoch);

    [Fact]
    public void Leases_never_go_beyond_the_last_epoch() => Pace(3, parameters: 8).LastEpoch.ShouldBe(3);

    [Fact]
    public void Another_first_epoch_moves_the_last_one()
    {
        var pace = Pace(1000, parameters: 8);
        pace.Keep(1).ShouldBeFalse();
        pace.Keep(3).ShouldBeTrue();
        (pace.FirstKept, pace.LastEpoch).ShouldBe((3, 67));
    }

    private static EvaluationPace Pace(int epochs, int parameters, int evaluateEvery = 1) =>
        new(
            Jobs.Create(epochs, evaluateEvery: evaluateEvery),
            new ModelDescription("linear", ParameterLayout.Create([("w", [parameters])]), ParameterLayout.Empty)
        );
}
