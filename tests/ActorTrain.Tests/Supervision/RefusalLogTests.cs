using ActorTrain.Staleness;
using ActorTrain.Supervision;
using CsCheck;

namespace ActorTrain.Tests.Supervision;

public sealed class RefusalLogTests
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);

    [Fact]
    public void Has_nothing_to_tell_where_nothing_was_refused()
    {
        new RefusalLog().Due(Noon).ShouldBeEmpty();
        new RefusalLog().Due(Noon, all: true).ShouldBeEmpty();
    }

    [Fact]
    public void Tells_the_first_of_a_kind_at_once_even_at_the_beginning_of_time()
    {
        var log = new RefusalLog();
        log.Add("a", Refusal.TooStale, pushes: 2, samples: 16, "late");
        log.Due(TimeSpan.Zero).ShouldBe([new RefusalLog.Entry("a", Refusal.TooStale, 2, 16, "late")]);
    }

    [Fact]
    public void Tells_nothing_twice()
    {
        var log = new RefusalLog();
        log.Add("a", Refusal.TooStale, 1, 8, "late");
        log.Due(Noon);
        log.Due(Noon + 2 * RefusalLog.Interval).ShouldBeEmpty();
        log.Due(Noon, all: true).ShouldBeEmpty();
    }

    [Theory, InlineData(-1, false), InlineData(0, true), InlineData(1, true)]
    public void Tells_what_follows_in_one_sum_after_half_a_minute(int ticks, bool due)
    {
        var log = new RefusalLog();
        log.Add("a", Refusal.TooStale, 1, 8, "late");
        log.Due(Noon);
        log.Add("a", Refusal.TooStale, 1, 8, "later");
        log.Add("a", Refusal.TooStale, 2, 12, "latest");

        log.Due(Noon + RefusalLog.Interval + TimeSpan.FromTicks(ticks))
            .ShouldBe(due ? [new RefusalLog.Entry("a", Refusal.TooStale, 3, 20, "latest")] : []);
    }

    [Fact]
    public void Keeps_nothing_for_later_when_the_job_ends()
    {
        var log = new RefusalLog();
        log.Add("a", Refusal.TooStale, 1, 8, "late");
        log.Due(Noon);
        log.Add("a", Refusal.TooStale, 1, 8, "later");
        log.Due(Noon, all: true).ShouldHaveSingleItem().Reason.ShouldBe("later");
    }

    [Fact]
    public void Every_worker_and_every_kind_has_its_own_time()
    {
        var log = new RefusalLog();
        log.Add("a", Refusal.TooStale, 1, 8, "late");
        log.Due(Noon);
        log.Add("a", Refusal.TooStale, 1, 8, "later");
        log.Add("a", Refusal.NotFinite, 1, 4, "bad");
        log.Add("b", Refusal.TooStale, 1, 2, "late, too");

        log.Due(Noon)
            .ShouldBe([
                new RefusalLog.Entry("a", Refusal.NotFinite, 1, 4, "bad"),
                new RefusalLog.Entry("b", Refusal.TooStale, 1, 2, "late, too"),
            ]);
    }

    [Fact]
    public void None_is_left_out_and_none_told_too_soon() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[1, 5], Gen.Int[0, 40])
            .Array[0, 60]
            .Sample(happenings =>
            {
                var log = new RefusalLog();
                var (now, told) = (Noon, new List<(TimeSpan At, RefusalLog.Entry Entry)>());
                foreach (var (node, kind, pushes, seconds) in happenings)
                {
                    log.Add(
                        $"{node}",
                        kind == 0 ? Refusal.TooStale : Refusal.NotFinite,
                        pushes,
                        8 * pushes,
                        "so it is"
                    );
                    now += TimeSpan.FromSeconds(seconds);
                    told.AddRange(log.Due(now).Select(entry => (now, entry)));
                }
                foreach (var entries in told.GroupBy(entry => (entry.Entry.Node, entry.Entry.Refusal)))
                foreach (var (first, second) in entries.Zip(entries.Skip(1)))
                    (second.At - first.At).ShouldBeGreaterThanOrEqualTo(RefusalLog.Interval);
                told.AddRange(log.Due(now, all: true).Select(entry => (now, entry)));
                told.Sum(entry => entry.Entry.Pushes).ShouldBe(happenings.Sum(happening => happening.Item3));
                told.Sum(entry => entry.Entry.Samples).ShouldBe(happenings.Sum(happening => 8L * happening.Item3));
            });
}
