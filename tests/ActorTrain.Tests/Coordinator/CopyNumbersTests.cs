using ActorTrain.Coordinator;

namespace ActorTrain.Tests.Coordinator;

public sealed class CopyNumbersTests
{
    [Fact]
    public void A_later_round_has_a_larger_number()
    {
        var first = CopyNumbers.First(0, "17-1");
        var next = CopyNumbers.Next(first);

        next.ShouldBeGreaterThan(first);
        CopyNumbers.First(next, "18-1").ShouldBeGreaterThan(next);
    }

    [Fact]
    public void Two_coordinators_that_know_the_same_give_different_numbers() =>
        Enumerable.Range(1, 100).Select(job => CopyNumbers.First(0, $"17-{job}")).ShouldBeUnique();
}
