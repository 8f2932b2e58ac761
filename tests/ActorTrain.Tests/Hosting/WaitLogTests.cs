using ActorTrain.Hosting;

namespace ActorTrain.Tests.Hosting;

public sealed class WaitLogTests
{
    private readonly WaitLog _log = new();

    [Fact]
    public void A_wait_is_reported_once_after_five_seconds()
    {
        Due(0, "seed").ShouldBeNull();
        Due(4.9, "seed").ShouldBeNull();
        Due(5, "seed").ShouldBe("seed");
        Due(60, "seed").ShouldBeNull();
    }

    [Fact]
    public void A_new_reason_is_reported_after_it_has_lasted_as_long()
    {
        Due(0, "seed");
        Due(5, "seed");
        Due(7, "job").ShouldBeNull();
        Due(11.9, "job").ShouldBeNull();
        Due(12, "job").ShouldBe("job");
    }

    [Fact]
    public void The_first_report_of_a_wait_comes_even_while_reasons_change()
    {
        Due(0, "first");
        Due(2, "second");
        Due(4, "first").ShouldBeNull();
        Due(5, "second").ShouldBe("second");
    }

    [Fact]
    public void A_reason_that_returns_before_another_was_reported_is_not_repeated()
    {
        Due(0, "seed");
        Due(5, "seed");
        Due(6, "other");
        Due(7, "seed").ShouldBeNull();
        Due(30, "seed").ShouldBeNull();
    }

    [Fact]
    public void After_a_job_the_same_wait_is_reported_again()
    {
        Due(0, "job");
        Due(5, "job");
        Due(10, null).ShouldBeNull();
        Due(20, "job").ShouldBeNull();
        Due(25, "job").ShouldBe("job");
    }

    private string? Due(double seconds, string? awaited) =>
        _log.Due(TimeSpan.FromSeconds(seconds), awaited is null ? null : new NodeWait(awaited, null))?.Awaited;
}
