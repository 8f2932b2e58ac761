using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using CsCheck;

namespace ActorTrain.Tests.Staleness;

public sealed class StalenessMonitorTests
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    [Fact]
    public void An_unknown_worker_gets_whole_leases() => Watch().LevelOf("a").ShouldBe(WorkLevel.Full);

    [
        Theory,
        InlineData(4, 10, false),
        InlineData(5, 10, true),
        InlineData(1, 3, false),
        InlineData(2, 3, true),
        InlineData(1, 1, true),
        InlineData(0, 1, false)
    ]
    public void A_lease_is_stale_when_at_least_half_of_its_pushes_were_refused_as_such(
        int tooStale,
        int pushes,
        bool stale
    )
    {
        var watch = Watch(demoteAfter: 1);
        (watch.LeaseEnded("a", tooStale, pushes, Noon) is not null).ShouldBe(stale);
        watch.LevelOf("a").ShouldBe(stale ? WorkLevel.Reduced : WorkLevel.Full);
    }

    [Fact]
    public void DemoteAfter_stale_leases_in_a_row_shorten_the_next_and_one_less_does_not()
    {
        var watch = Watch(demoteAfter: 3);
        Stale(watch).ShouldBeNull();
        Stale(watch).ShouldBeNull();
        watch.LevelOf("a").ShouldBe(WorkLevel.Full);

        Stale(watch)
            .ShouldBe(
                new StalenessMonitor.Change(
                    "a",
                    WorkLevel.Reduced,
                    Demoted: true,
                    "3 leases in a row were mostly refused as too stale"
                )
            );
        watch.LevelOf("a").ShouldBe(WorkLevel.Reduced);
    }

    [Fact]
    public void As_many_more_leave_only_evaluation_and_one_less_does_not()
    {
        var watch = Reduced();
        Stale(watch).ShouldBeNull();
        Stale(watch).ShouldBeNull();
        watch.LevelOf("a").ShouldBe(WorkLevel.Reduced);
        Stale(watch)!.Level.ShouldBe(WorkLevel.EvaluationOnly);
        watch.LevelOf("a").ShouldBe(WorkLevel.EvaluationOnly);
    }

    [Fact]
    public void The_last_worker_that_trains_continues_however_stale_it_is()
    {
        var watch = Watch(demoteAfter: 1);
        watch.LeaseEnded("a", 10, 10, Noon, othersTrain: false)!.Level.ShouldBe(WorkLevel.Reduced);
        watch.LeaseEnded("a", 10, 10, Noon, othersTrain: false).ShouldBeNull();
        watch.LeaseEnded("a", 10, 10, Noon, othersTrain: true)!.Level.ShouldBe(WorkLevel.EvaluationOnly);
    }

    [Fact]
    public void A_good_lease_among_stale_ones_restarts_the_count()
    {
        var watch = Watch(demoteAfter: 3);
        Stale(watch);
        Stale(watch);
        Good(watch);
        Stale(watch);
        Stale(watch).ShouldBeNull();
        watch.LevelOf("a").ShouldBe(WorkLevel.Full);
    }

    [Fact]
    public void As_many_good_leases_in_a_row_restore_whole_leases_and_one_less_does_not()
    {
        var watch = Reduced();
        Good(watch).ShouldBeNull();
        Good(watch).ShouldBeNull();
        Good(watch)
            .ShouldBe(
                new StalenessMonitor.Change("a", WorkLevel.Full, Demoted: false, "3 leases in a row were in time")
            );
        watch.LevelOf("a").ShouldBe(WorkLevel.Full);
    }

    [Fact]
    public void A_stale_lease_among_good_ones_restarts_the_count()
    {
        var watch = Reduced();
        Good(watch);
        Good(watch);
        Stale(watch);
        Good(watch);
        Good(watch).ShouldBeNull();
        watch.LevelOf("a").ShouldBe(WorkLevel.Reduced);
    }

    [Theory, InlineData(-1, false), InlineData(0, true), InlineData(1, true)]
    public void A_worker_that_only_evaluates_gets_short_leases_after_a_rest(int ticks, bool rested)
    {
        var watch = Reduced();
        for (var i = 0; i < 3; i++)
            Stale(watch);

        var changes = watch.Rested(Noon + Rest + TimeSpan.FromTicks(ticks));

        changes.ShouldBe(
            rested
                ? [new StalenessMonitor.Change("a", WorkLevel.Reduced, Demoted: false, "it has rested for 30 s")]
                : []
        );
        watch.LevelOf("a").ShouldBe(rested ? WorkLevel.Reduced : WorkLevel.EvaluationOnly);
    }

    [Fact]
    public void The_end_of_a_rest_is_reported_once_and_restarts_the_count()
    {
        var watch = Reduced();
        for (var i = 0; i < 3; i++)
            Stale(watch);
        watch.Rested(Noon + Rest).Count.ShouldBe(1);
        watch.Rested(Noon + 2 * Rest).ShouldBeEmpty();

        Stale(watch);
        Stale(watch).ShouldBeNull();
        Stale(watch)!.Level.ShouldBe(WorkLevel.EvaluationOnly);
    }

    [Fact]
    public void A_worker_with_short_leases_does_not_rest() => Reduced().Rested(Noon + 10 * Rest).ShouldBeEmpty();

    [Fact]
    public void A_lease_without_pushes_is_ignored()
    {
        var watch = Watch(demoteAfter: 2);
        Stale(watch);
        watch.LeaseEnded("a", tooStale: 0, pushes: 0, Noon).ShouldBeNull();
        Stale(watch)!.Level.ShouldBe(WorkLevel.Reduced);
    }

    [Fact]
    public void Zero_demotes_no_worker()
    {
        var watch = Watch(demoteAfter: 0);
        for (var i = 0; i < 100; i++)
            Stale(watch).ShouldBeNull();
        watch.LevelOf("a").ShouldBe(WorkLevel.Full);
    }

    [Fact]
    public void One_workers_staleness_does_not_affect_another()
    {
        var watch = Reduced();
        watch.LevelOf("b").ShouldBe(WorkLevel.Full);
        watch.LeaseEnded("b", tooStale: 1, pushes: 1, Noon).ShouldBeNull();
    }

    [Fact]
    public void A_change_is_reported_exactly_when_the_level_changes_and_by_one_level() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 2].Array[60])
            .Sample(
                (demoteAfter, fates) =>
                {
                    var watch = Watch(demoteAfter);
                    var now = Noon;
                    foreach (var fate in fates)
                    {
                        var before = watch.LevelOf("a");
                        now += TimeSpan.FromSeconds(7);
                        var change =
                            fate == 2
                                ? watch.Rested(now).SingleOrDefault()
                                : watch.LeaseEnded("a", tooStale: fate, pushes: 1, now);
                        var after = watch.LevelOf("a");
                        (change is not null).ShouldBe(after != before);
                        if (change is null)
                            continue;
                        change.Level.ShouldBe(after);
                        change.Demoted.ShouldBe(after > before);
                        Math.Abs(after - before).ShouldBe(1);
                    }
                }
            );

    private static StalenessMonitor Watch(int demoteAfter = 3) =>
        new(Jobs.Staleness(StalenessPolicy.Accept, bound: 4, demoteAfter) with { Rest = Rest });

    private static StalenessMonitor Reduced()
    {
        var watch = Watch(demoteAfter: 3);
        for (var i = 0; i < 3; i++)
            Stale(watch);
        return watch;
    }

    private static StalenessMonitor.Change? Stale(StalenessMonitor watch) =>
        watch.LeaseEnded("a", tooStale: 1, pushes: 1, Noon);

    private static StalenessMonitor.Change? Good(StalenessMonitor watch) =>
        watch.LeaseEnded("a", tooStale: 0, pushes: 1, Noon);
}
