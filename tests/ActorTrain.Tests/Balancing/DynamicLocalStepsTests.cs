using ActorTrain.Balancing;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

public sealed class DynamicLocalStepsTests
{
    [Fact]
    public void Each_takes_its_part_of_what_the_fastest_takes() =>
        DynamicLocalSteps.Of([100, 50, 25, 99.9], steps: 8).ShouldBe([8, 4, 2, 8]);

    [Theory, InlineData(14.9, 1), InlineData(15, 2), InlineData(24.9, 2), InlineData(25, 3)]
    public void Parts_of_a_step_are_rounded(double speed, int steps) =>
        DynamicLocalSteps.Of([100, speed], steps: 10).ShouldBe([10, steps]);

    [Fact]
    public void The_slowest_takes_one_at_least() => DynamicLocalSteps.Of([1000, 1], steps: 10).ShouldBe([10, 1]);

    [Fact]
    public void Who_is_not_known_is_taken_for_an_average_one_and_where_nobody_is_known_all_take_all()
    {
        DynamicLocalSteps.Of([100, 0, 50], steps: 8).ShouldBe([8, 6, 4]);
        DynamicLocalSteps.Of([0, 0], steps: 8).ShouldBe([8, 8]);
    }

    [Fact]
    public void Nobody_takes_more_than_a_faster_one_and_a_push_takes_all_equally_long_but_for_half_a_step() =>
        Gen.Select(Gen.Double[1, 1000].Array[1, 9], Gen.Int[1, 500])
            .Sample(
                (speeds, most) =>
                {
                    var steps = DynamicLocalSteps.Of(speeds, most);
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
