using ActorTrain.Leases;
using ActorTrain.Remedies;
using CsCheck;

namespace ActorTrain.Tests.Supervision;

public sealed class NonFiniteGradientMonitorTests
{
    [Theory]
    [InlineData(2, 0, false)]
    [InlineData(3, 0, true)]
    [InlineData(2, 2, false)]
    [InlineData(3, 3, true)]
    [InlineData(3, 4, false)]
    [InlineData(100, 101, false)]
    public void A_lease_with_three_bad_pushes_is_enough_unless_good_ones_outnumber_them(
        int notFinite,
        int others,
        bool quarantined
    ) => new NonFiniteGradientMonitor().Quarantines("a", notFinite, others).ShouldBe(quarantined);

    [Fact]
    public void Bad_pushes_add_up_over_leases()
    {
        var watch = new NonFiniteGradientMonitor();
        watch.Quarantines("a", notFinite: 1, others: 0).ShouldBeFalse();
        watch.Quarantines("a", notFinite: 1, others: 0).ShouldBeFalse();
        watch.Quarantines("a", notFinite: 1, others: 0).ShouldBeTrue();
    }

    [Theory, InlineData(0, 1), InlineData(1, 1), InlineData(1, 2)]
    public void A_finite_push_among_them_restarts_the_count(int notFinite, int others)
    {
        var watch = new NonFiniteGradientMonitor();
        watch.Quarantines("a", notFinite: 2, others: 0);
        watch.Quarantines("a", notFinite, others).ShouldBeFalse();
        watch.Quarantines("a", notFinite: 1, others: 0).ShouldBeFalse();
    }

    [Fact]
    public void One_workers_bad_pushes_do_not_affect_another()
    {
        var watch = new NonFiniteGradientMonitor();
        watch.Quarantines("a", notFinite: 2, others: 0);
        watch.Quarantines("b", notFinite: 2, others: 0).ShouldBeFalse();
        watch.Quarantines("a", notFinite: 1, others: 0).ShouldBeTrue();
    }

    [Fact]
    public void A_new_incarnation_begins_with_none()
    {
        var watch = new NonFiniteGradientMonitor();
        watch.Quarantines("a", notFinite: 2, others: 0);
        watch.Forget("a");
        watch.Quarantines("a", notFinite: 2, others: 0).ShouldBeFalse();
    }

    [Fact]
    public void The_third_attempt_at_the_same_samples_is_hopeless()
    {
        var watch = new NonFiniteGradientMonitor();
        watch.IsHopeless(new SampleRange(1, 8, 8)).ShouldBeFalse();
        watch.IsHopeless(new SampleRange(1, 8, 8)).ShouldBeFalse();
        watch.IsHopeless(new SampleRange(1, 8, 8)).ShouldBeTrue();
    }

    [Fact]
    public void Attempts_at_the_same_samples_add_up_however_they_are_cut()
    {
        var watch = new NonFiniteGradientMonitor();
        watch.IsHopeless(new SampleRange(1, 0, 16)).ShouldBeFalse();
        watch.IsHopeless(new SampleRange(1, 8, 16)).ShouldBeFalse();
        watch.IsHopeless(new SampleRange(1, 15, 1)).ShouldBeTrue();
    }

    [Fact]
    public void Attempts_at_other_samples_or_epochs_do_not_add_up()
    {
        var watch = new NonFiniteGradientMonitor();
        for (var epoch = 1; epoch <= 5; epoch++)
        for (var start = 0; start < 64; start += 8)
            watch.IsHopeless(new SampleRange(epoch, start, 8)).ShouldBeFalse();
    }

    [Fact]
    public void A_part_is_hopeless_exactly_when_one_sample_was_tried_three_times() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[1, 10])
            .Array[1, 30]
            .Sample(parts =>
            {
                var watch = new NonFiniteGradientMonitor();
                var attempts = new int[40];
                foreach (var (start, count) in parts)
                {
                    for (var i = start; i < start + count; i++)
                        attempts[i]++;
                    var hopeless = attempts.AsSpan(start, count).ToArray().Max() >= NonFiniteGradientMonitor.Attempts;
                    watch.IsHopeless(new SampleRange(1, start, count)).ShouldBe(hopeless);
                    if (hopeless)
                        break;
                }
            });
}
