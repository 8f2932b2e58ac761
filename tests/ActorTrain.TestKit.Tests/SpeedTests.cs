using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

public sealed class SpeedTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    [Theory, InlineData(0, 0.101), InlineData(1, 0.051), InlineData(2, 0.101), InlineData(ulong.MaxValue, 0.051)]
    public void Measured_speeds_are_replayed_in_order_and_repeated(ulong number, double seconds) =>
        (Speed.Replayed(100, 200) with { PerStep = Step })
            .TimeFor(10, TimeSpan.Zero, new Speed.Draw(0, number))
            .TotalSeconds.ShouldBe(seconds, tolerance: 1e-6);

    [Fact]
    public void The_mean_of_measured_speeds_is_harmonic() =>
        Speed.Replayed(100, 300).RateAt(TimeSpan.Zero).ShouldBe(150, tolerance: 1e-9);
}
