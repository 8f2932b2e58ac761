using ActorTrain.Leases;
using ActorTrain.Supervision;
using CsCheck;

namespace ActorTrain.Tests.Supervision;

public sealed class FiniteWatchTests
{
    [Theory]
    [InlineData(2, 0, false)]
    [InlineData(3, 0, true)]
    [InlineData(2, 2, false)]
    [InlineData(3, 3, true)]
    [InlineData(3, 4, false)]
    [InlineData(100, 101, false)]
    public void A_lease_with_three_bad_pushes_or_more_is_enough_unless_the_good_outnumber_them(
        int notFinite,
        int others,
        bool quarantined
    ) => new FiniteWatch().Quarantines("a", notFinite, others).ShouldBe(quarantined);

    [Fact]
    public void Bad_pushes_add_up_over_leases()
    {
        var watch = new FiniteWatch();
        watch.Quarantines("a", notFinite: 1, others: 0).ShouldBeFalse();
        watch.Quarantines("a", notFinite: 1, others: 0).ShouldBeFalse();
        watch.Quarantines("a", notFinite: 1, others: 0).ShouldBeTrue();
    }

    [Theory, InlineData(0, 1), InlineData(1, 1), InlineData(1, 2)]
    public void A_better_push_among_them_begins_the_count_anew(int notFinite, int others)
    {
        var watch = new FiniteWatch();
        watch.Quarantines("a", notFinite: 2, others: 0);
        watch.Quarantines("a", notFinite, others).ShouldBeFalse();
        watch.Quarantines("a", notFinite: 1, others: 0).ShouldBeFalse();
    }

    [Fact]
    public void One_workers_bad_pushes_are_not_anothers()
    {
        var watch = new FiniteWatch();
        watch.Quarantines("a", notFinite: 2, others: 0);
        watch.Quarantines("b", notFinite: 2, others: 0).ShouldBeFalse();
        watch.Quarantines("a", notFinite: 1, others: 0).ShouldBeTrue();
    }

    [Fact]
    public void A_new_life_begins_with_none()
    {
        var watch = new FiniteWatch();
        watch.Quarantines("a", notFinite: 2, others: 0);
        watch.Forget("a");
        watch.Quarantines("a", notFinite: 2, others: 0).ShouldBeFalse();
    }

    [Fact]
    public void The_third_attempt_at_the_same_samples_is_one_too_many()
    {
        var watch = new FiniteWatch();
        watch.IsHopeless(new LeasePart(1, 8, 8)).ShouldBeFalse();
        watch.IsHopeless(new LeasePart(1, 8, 8)).ShouldBeFalse();
        watch.IsHopeless(new LeasePart(1, 8, 8)).ShouldBeTrue();
    }

    [Fact]
    public void However_they_are_cut()
    {
        var watch = new FiniteWatch();
        watch.IsHopeless(new LeasePart(1, 0, 16)).ShouldBeFalse();
        watch.IsHopeless(new LeasePart(1, 8, 16)).ShouldBeFalse();
        watch.IsHopeless(new LeasePart(1, 15, 1)).ShouldBeTrue();
    }

    [Fact]
    public void Other_samples_and_other_epochs_are_other_attempts()
    {
        var watch = new FiniteWatch();
        for (var epoch = 1; epoch <= 5; epoch++)
        for (var start = 0; start < 64; start += 8)
            watch.IsHopeless(new LeasePart(epoch, start, 8)).ShouldBeFalse();
    }

    [Fact]
    public void It_is_hopeless_exactly_when_some_sample_was_tried_three_times() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[1, 10])
            .Array[1, 30]
            .Sample(parts =>
            {
                var watch = new FiniteWatch();
                var attempts = new int[40];
                foreach (var (start, count) in parts)
                {
                    for (var i = start; i < start + count; i++)
                        attempts[i]++;
                    var hopeless = attempts.AsSpan(start, count).ToArray().Max() >= FiniteWatch.Attempts;
                    watch.IsHopeless(new LeasePart(1, start, count)).ShouldBe(hopeless);
                    if (hopeless)
                        break;
                }
            });
}
