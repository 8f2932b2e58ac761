using ActorTrain.Balancing;
using CsCheck;

namespace ActorTrain.Tests.Balancing;

public sealed class ThroughputEstimateTests
{
    [Fact]
    public void It_is_0_at_first() => new ThroughputEstimate().SamplesPerSecond.ShouldBe(0);

    [Fact]
    public void It_begins_with_the_workers_own_measurement() => Begun(measured: 80).SamplesPerSecond.ShouldBe(80);

    [Fact]
    public void A_lease_measures_its_samples_over_its_seconds()
    {
        var estimate = Begun(measured: 0);
        estimate.Took(samples: 300, seconds: 2);
        estimate.SamplesPerSecond.ShouldBe(150);
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void A_measurement_that_is_no_speed_is_ignored(double measured) =>
        Begun(measured).SamplesPerSecond.ShouldBe(0);

    [Theory]
    [InlineData(0, 1), InlineData(100, 0), InlineData(100, -1), InlineData(0, 0)]
    [InlineData(100, double.NaN), InlineData(100, double.PositiveInfinity), InlineData(long.MaxValue, double.Epsilon)]
    public void A_lease_that_gives_no_speed_is_ignored(long samples, double seconds)
    {
        var estimate = Begun(measured: 80);
        for (var i = 0; i < ThroughputEstimate.Window; i++)
            estimate.Took(samples, seconds);
        estimate.SamplesPerSecond.ShouldBe(80);
    }

    [Fact]
    public void One_disturbed_lease_changes_nothing() =>
        Gen.Select(Gen.Int[2, 20], Gen.Int[2, 20], Gen.Double[1, 1000], Gen.Double[-6, 6])
            .Sample(
                (before, after, steady, exponent) =>
                {
                    var estimate = Begun(steady);
                    for (var i = 1; i < before; i++)
                        Lease(estimate, steady);
                    Lease(estimate, steady * Math.Pow(10, exponent));
                    for (var i = 0; i < after; i++)
                    {
                        estimate.SamplesPerSecond.ShouldBe(steady, steady * 1e-12);
                        Lease(estimate, steady);
                    }
                }
            );

    [Theory, InlineData(1000, 1000), InlineData(1, 1), InlineData(1, 1000)]
    public void Two_disturbed_leases_change_nothing(double one, double other)
    {
        var estimate = Begun(measured: 100);
        for (var i = 0; i < ThroughputEstimate.Window; i++)
            Lease(estimate, 100);
        Lease(estimate, one);
        estimate.SamplesPerSecond.ShouldBe(100);
        Lease(estimate, other);
        estimate.SamplesPerSecond.ShouldBe(100);
    }

    [Theory, InlineData(400), InlineData(25)]
    public void A_real_change_shows_after_three_leases(double speed)
    {
        var estimate = Begun(measured: 100);
        for (var i = 0; i < ThroughputEstimate.Window; i++)
            Lease(estimate, 100);
        Lease(estimate, speed);
        Lease(estimate, speed);
        estimate.SamplesPerSecond.ShouldBe(100);
        Lease(estimate, speed);
        estimate.SamplesPerSecond.ShouldBe(speed);
    }

    [Fact]
    public void Only_the_last_five_leases_count() =>
        Gen.Select(Gen.Double[1, 1000].Array[0, 20], Gen.Double[1, 1000].Array[ThroughputEstimate.Window])
            .Sample(
                (past, recent) =>
                {
                    var estimate = Begun(measured: 0);
                    foreach (var speed in past.Concat(recent))
                        Lease(estimate, speed);
                    estimate.SamplesPerSecond.ShouldBe(recent.Order().ElementAt(2), 1e-9);
                }
            );

    [Fact]
    public void Begin_forgets_earlier_leases()
    {
        var estimate = Begun(measured: 100);
        for (var i = 0; i < ThroughputEstimate.Window; i++)
            Lease(estimate, 100);
        estimate.Begin(measured: 7);
        estimate.SamplesPerSecond.ShouldBe(7);
        estimate.Begin(measured: 0);
        estimate.SamplesPerSecond.ShouldBe(0);
    }

    private static ThroughputEstimate Begun(double measured)
    {
        var estimate = new ThroughputEstimate();
        estimate.Begin(measured);
        return estimate;
    }

    private static void Lease(ThroughputEstimate estimate, double speed) =>
        estimate.Took(samples: 1 << 20, seconds: (1 << 20) / speed);
}
