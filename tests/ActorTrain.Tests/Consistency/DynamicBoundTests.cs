using ActorTrain.Consistency;

namespace ActorTrain.Tests.Consistency;

/// <summary>
/// A fast worker takes 1 s for a gradient, the slowest 3 s; both have finished one at 10 s. The bound moves from 1 to
/// 4.
/// </summary>
public sealed class DynamicBoundTests
{
    private static readonly Pace Slowest = At(clock: 5, finishedAt: 10, interval: 3, "slow:1");
    private readonly DynamicBound _bound = new(least: 1, most: 4);

    [Fact]
    public void Below_the_lower_bound_it_is_the_lower_bound() => _bound.MostAhead(At(clock: 5), Slowest).ShouldBe(1);

    [Fact]
    public void At_the_lower_bound_a_worker_gets_the_extra_clocks_that_let_it_finish_with_the_slowest() =>
        // It would finish at 10, 11, 12, 13 s with 0 to 3 more; the slowest finishes at 13.
        _bound.MostAhead(At(clock: 6), Slowest).ShouldBe(1 + 3);

    [Fact]
    public void The_extra_clocks_hold_until_the_worker_has_fallen_back()
    {
        _bound.MostAhead(At(clock: 6), Slowest).ShouldBe(4);
        _bound.MostAhead(At(clock: 8, finishedAt: 12), Slowest).ShouldBe(4);
        _bound.MostAhead(At(clock: 8, finishedAt: 13), Slowest with { Clock = 8 }).ShouldBe(1);
    }

    [Fact]
    public void It_never_moves_beyond_the_upper_bound() =>
        new DynamicBound(0, 2)
            .MostAhead(At(clock: 5), Slowest with { Interval = TimeSpan.FromSeconds(100) })
            .ShouldBe(2);

    [Fact]
    public void For_a_worker_with_an_unknown_pace_it_is_the_lower_bound() =>
        _bound.MostAhead(At(clock: 6, interval: 0), Slowest).ShouldBe(1);

    [Fact]
    public void A_fixed_bound_is_the_same_for_all() => new FixedBound(3).MostAhead(At(clock: 99), Slowest).ShouldBe(3);

    private static Pace At(long clock, double finishedAt = 10, double interval = 1, string node = "fast:1") =>
        new(node, clock, TimeSpan.FromSeconds(finishedAt), TimeSpan.FromSeconds(interval));
}
