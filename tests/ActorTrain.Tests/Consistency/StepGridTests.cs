using ActorTrain.Consistency;
using ActorTrain.Leases;

namespace ActorTrain.Tests.Consistency;

/// <summary>Steps of 40 in epochs of 100 samples.</summary>
public sealed class StepGridTests
{
    private static readonly StepGrid Grid = new(40, 100);

    [Theory, InlineData(0, 0, 40), InlineData(39, 0, 40), InlineData(40, 40, 40), InlineData(99, 80, 20)]
    public void Each_position_belongs_to_one_step_and_the_last_of_an_epoch_is_the_rest(
        int position,
        int start,
        int count
    ) => Grid.StepOf(2, position).ShouldBe(new SampleRange(2, start, count));

    [Fact]
    public void After_the_last_step_of_an_epoch_comes_the_first_of_the_next()
    {
        Grid.After(new SampleRange(1, 40, 40)).ShouldBe(new SampleRange(1, 80, 20));
        Grid.After(new SampleRange(1, 80, 20)).ShouldBe(new SampleRange(2, 0, 40));
    }
}
