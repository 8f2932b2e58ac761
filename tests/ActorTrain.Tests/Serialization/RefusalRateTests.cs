using ActorTrain.Serialization;

namespace ActorTrain.Tests.Serialization;

public sealed class RefusalRateTests
{
    private readonly RefusalRate _rate = new();

    [Fact]
    public void The_first_is_told_at_once_and_what_follows_in_sums()
    {
        Add(0).ShouldBe("Refused");
        Add(1).ShouldBeNull();
        Add(29).ShouldBeNull();
        Add(30).ShouldBe("Refused (3 times since the last word about it)");
        Add(60).ShouldBe("Refused");
    }

    private string? Add(int seconds) => _rate.Add(TimeSpan.FromSeconds(seconds), "Refused");
}
