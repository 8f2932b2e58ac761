using ActorTrain.Balancing;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

public sealed class DynamicLocalStepsTests
{
    [Fact]
    public void Each_takes_steps_in_proportion_to_the_fastest() =>
        DynamicLocalSteps.Divide([100, 50, 25, 99.9], steps: 8).ShouldBe([8, 4, 2, 8]);

    [Theory, InlineData(14.9, 1), InlineData(15, 2), InlineData(24.9, 2), InlineData(25, 3)]
    public void Parts_of_a_step_are_rounded(double speed, int steps) =>
        DynamicLocalSteps.Divide([100, speed], steps: 10).ShouldBe([10, steps]);

    [Fact]
    public void The_slowest_takes_one_at_least() => DynamicLocalSteps.Divide([1000, 1], steps: 10).ShouldBe([10, 1]);

    [Fact]
    public void An_unknown_throughput_counts_as_the_average_and_where_all_are_unknown_each_takes_all_steps()
    {
        DynamicLocalSteps.Divide([100, 0, 50], steps: 8).ShouldBe([8, 6, 4]);
        DynamicLocalSteps.Divide([0, 0], steps: 8).ShouldBe([8, 8]);
    }

    [Fact]
    public void No_worker_takes_more_steps_than_a_faster_one_and_all_pushes_take_equally_long_within_half_a_step() =>
        Gen.Select(Gen.Double[1, 1000].Array[1, 9], Gen.Int[1, 500])
            .Sample(
                (speeds, most) =>
                {
                    var steps = DynamicLocalSteps.Divide(speeds, most);
                    steps.ShouldAllBe(taken => taken >= 1 && taken <= most);
                    steps.Max().ShouldBe(most);
                    var whole = most / speeds.Max();
                    foreach (var (taken, speed) in steps.Zip(speeds))
                    {
                        if (taken > 1)
                            Math.Abs(taken / speed - whole).ShouldBeLessThanOrEqualTo(0.5 / speed + 1e-9);
                        foreach (var (other, faster) in steps.Zip(speeds))
                            if (faster > speed)
                                other.ShouldBeGreaterThanOrEqualTo(taken);
                    }
                }
            );
}
