using ActorTrain.Hosting;

namespace ActorTrain.Tests.Hosting;

public sealed class WaitLogTests
{
    private readonly WaitLog _log = new();

    [Fact]
    public void A_wait_is_spoken_of_after_five_seconds_and_once()
    {
        Due(0, "seed").ShouldBeNull();
        Due(4.9, "seed").ShouldBeNull();
        Due(5, "seed").ShouldBe("seed");
        Due(60, "seed").ShouldBeNull();
    }

    [Fact]
    public void Another_reason_is_told_once_it_has_held_as_long()
    {
        Due(0, "seed");
        Due(5, "seed");
        Due(7, "job").ShouldBeNull();
        Due(11.9, "job").ShouldBeNull();
        Due(12, "job").ShouldBe("job");
    }

    [Fact]
    public void The_first_word_of_a_wait_does_not_wait_for_a_reason_that_holds()
    {
        Due(0, "first");
        Due(2, "second");
        Due(4, "first").ShouldBeNull();
        Due(5, "second").ShouldBe("second");
    }

    [Fact]
    public void A_reason_that_comes_back_before_another_was_told_is_not_told_again()
    {
        Due(0, "seed");
        Due(5, "seed");
        Due(6, "other");
        Due(7, "seed").ShouldBeNull();
        Due(30, "seed").ShouldBeNull();
    }

    [Fact]
    public void After_a_job_the_same_wait_is_told_again()
    {
        Due(0, "job");
        Due(5, "job");
        Due(10, null).ShouldBeNull();
        Due(20, "job").ShouldBeNull();
        Due(25, "job").ShouldBe("job");
    }

    private string? Due(double seconds, string? reason) => _log.Due(TimeSpan.FromSeconds(seconds), reason);
}
