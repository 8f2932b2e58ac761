using ActorTrain.Remedies;
using ActorTrain.Staleness;
using CsCheck;

namespace ActorTrain.Tests.Supervision;

public sealed class RejectionLogTests
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);

    [Fact]
    public void Without_refusals_no_entry_is_due()
    {
        new RejectionLog().Due(Noon).ShouldBeEmpty();
        new RejectionLog().Due(Noon, all: true).ShouldBeEmpty();
    }

    [Fact]
    public void The_first_refusal_of_a_kind_is_due_at_once_even_at_time_zero()
    {
        var log = new RejectionLog();
        log.Add("a", Refusal.TooStale, pushes: 2, samples: 16, "stale");
        log.Due(TimeSpan.Zero).ShouldBe([new RejectionLog.Entry("a", Refusal.TooStale, 2, 16, "stale")]);
    }

    [Fact]
    public void An_entry_is_due_once()
    {
        var log = new RejectionLog();
        log.Add("a", Refusal.TooStale, 1, 8, "stale");
        log.Due(Noon);
        log.Due(Noon + 2 * RejectionLog.Interval).ShouldBeEmpty();
        log.Due(Noon, all: true).ShouldBeEmpty();
    }

    [Theory, InlineData(-1, false), InlineData(0, true), InlineData(1, true)]
    public void Later_refusals_are_due_as_one_sum_after_half_a_minute(int ticks, bool due)
    {
        var log = new RejectionLog();
        log.Add("a", Refusal.TooStale, 1, 8, "stale");
        log.Due(Noon);
        log.Add("a", Refusal.TooStale, 1, 8, "staler");
        log.Add("a", Refusal.TooStale, 2, 12, "stalest");

        log.Due(Noon + RejectionLog.Interval + TimeSpan.FromTicks(ticks))
            .ShouldBe(due ? [new RejectionLog.Entry("a", Refusal.TooStale, 3, 20, "stalest")] : []);
    }

    [Fact]
    public void All_entries_are_due_when_the_job_ends()
    {
        var log = new RejectionLog();
        log.Add("a", Refusal.TooStale, 1, 8, "stale");
        log.Due(Noon);
        log.Add("a", Refusal.TooStale, 1, 8, "staler");
        log.Due(Noon, all: true).ShouldHaveSingleItem().Reason.ShouldBe("staler");
    }

    [Fact]
    public void Each_worker_and_kind_has_its_own_interval()
    {
        var log = new RejectionLog();
        log.Add("a", Refusal.TooStale, 1, 8, "stale");
        log.Due(Noon);
        log.Add("a", Refusal.TooStale, 1, 8, "staler");
        log.Add("a", Refusal.NotFinite, 1, 4, "bad");
        log.Add("b", Refusal.TooStale, 1, 2, "stale, too");

        log.Due(Noon)
            .ShouldBe([
                new RejectionLog.Entry("a", Refusal.NotFinite, 1, 4, "bad"),
                new RejectionLog.Entry("b", Refusal.TooStale, 1, 2, "stale, too"),
            ]);
    }

    [Fact]
    public void No_refusal_is_left_out_and_none_is_due_too_soon() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[1, 5], Gen.Int[0, 40])
            .Array[0, 60]
            .Sample(refusals =>
            {
                var log = new RejectionLog();
                var (now, reported) = (Noon, new List<(TimeSpan At, RejectionLog.Entry Entry)>());
                foreach (var (node, kind, pushes, seconds) in refusals)
                {
                    log.Add(
                        $"{node}",
                        kind == 0 ? Refusal.TooStale : Refusal.NotFinite,
                        pushes,
                        8 * pushes,
                        "so it is"
                    );
                    now += TimeSpan.FromSeconds(seconds);
                    reported.AddRange(log.Due(now).Select(entry => (now, entry)));
                }
                foreach (var entries in reported.GroupBy(entry => (entry.Entry.Node, entry.Entry.Refusal)))
                foreach (var (first, second) in entries.Zip(entries.Skip(1)))
                    (second.At - first.At).ShouldBeGreaterThanOrEqualTo(RejectionLog.Interval);
                reported.AddRange(log.Due(now, all: true).Select(entry => (now, entry)));
                reported.Sum(entry => entry.Entry.Pushes).ShouldBe(refusals.Sum(refusal => refusal.Item3));
                reported.Sum(entry => entry.Entry.Samples).ShouldBe(refusals.Sum(refusal => 8L * refusal.Item3));
            });
}
