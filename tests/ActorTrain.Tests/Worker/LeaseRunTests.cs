using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

/// <summary>A lease of 40 samples in parts of 16, 16 and 8.</summary>
public sealed class LeaseRunTests
{
    private static readonly WorkerId Me = new("w:1", 1);
    private static readonly TimeSpan Began = TimeSpan.FromSeconds(10);
    private readonly LeaseRun _run = new(
        new Lease(9, new SampleRange(1, 0, 40), MicroBatchSize: 16),
        max: int.MaxValue
    );

    [Fact]
    public void Parts_are_begun_in_order()
    {
        new[] { _run.BeginNext(Began), _run.BeginNext(Began), _run.BeginNext(Began), _run.BeginNext(Began) }.ShouldBe([
            new SampleRange(1, 0, 16),
            new SampleRange(1, 16, 16),
            new SampleRange(1, 32, 8),
            null,
        ]);
        _run.AllBegun.ShouldBeTrue();
        _run.IsDone.ShouldBeFalse();
    }

    [Fact]
    public void A_lease_is_done_when_every_part_is_judged_in_any_order()
    {
        var parts = new[] { _run.BeginNext(Began)!.Value, _run.BeginNext(Began)!.Value, _run.BeginNext(Began)!.Value };
        foreach (var part in parts.Reverse())
        {
            _run.IsDone.ShouldBeFalse();
            _run.Judged(part, applied: true, refused: null, loss: 2);
        }
        _run.IsDone.ShouldBeTrue();
        var ended = _run.End(Me, now: TimeSpan.FromSeconds(14));
        ended.LeaseId.ShouldBe(9);
        ended.Account.ShouldBe(
            new WorkerProtocol.LeaseAccount(LossSum: 80, Samples: 40, Trained: 40, Pushes: 3, Seconds: 4)
        );
        ended.Undone.ShouldBeEmpty();
    }

    [Fact]
    public void A_lease_that_ends_early_returns_parts_that_are_refused_under_way_or_not_begun()
    {
        var (first, second) = (_run.BeginNext(Began)!.Value, _run.BeginNext(Began)!.Value);
        _run.Judged(first, applied: false, Refused(first), loss: 2);

        var ended = _run.End(Me, now: TimeSpan.FromSeconds(14));

        ended.Undone.ShouldBe([first, second, new SampleRange(1, 32, 8)]);
        ended.Refused.ShouldBe([Refused(first)]);
        (ended.Account.Samples, ended.Account.Trained, ended.Account.Pushes).ShouldBe((0L, 16L, 1));
    }

    [Fact]
    public void A_part_that_is_too_large_is_halved_and_so_are_the_parts_ahead()
    {
        var tooLarge = _run.BeginNext(Began)!.Value;

        _run.Recut(tooLarge, max: 8);

        new[]
        {
            _run.BeginNext(Began),
            _run.BeginNext(Began),
            _run.BeginNext(Began),
            _run.BeginNext(Began),
            _run.BeginNext(Began),
            _run.BeginNext(Began),
        }.ShouldBe([
            new SampleRange(1, 0, 8),
            new SampleRange(1, 8, 8),
            new SampleRange(1, 16, 8),
            new SampleRange(1, 24, 8),
            new SampleRange(1, 32, 8),
            null,
        ]);
    }

    [Fact]
    public void Returned_parts_are_undone_when_the_lease_ends()
    {
        var first = _run.BeginNext(Began)!.Value;
        _run.ReturnUnbegun();
        _run.BeginNext(Began).ShouldBeNull();
        _run.IsDone.ShouldBeFalse();

        _run.Judged(first, applied: true, refused: null, loss: 2);

        _run.IsDone.ShouldBeTrue();
        _run.End(Me, now: TimeSpan.FromSeconds(14))
            .Undone.ShouldBe([new SampleRange(1, 16, 16), new SampleRange(1, 32, 8)]);
    }

    [Fact]
    public void A_skipped_part_is_not_undone_and_an_abandoned_part_is()
    {
        _run.Skip();
        var abandoned = _run.BeginNext(Began)!.Value;
        _run.Abandon(abandoned);
        var last = _run.BeginNext(Began)!.Value;
        _run.Judged(last, applied: true, refused: null, loss: 2);

        _run.IsDone.ShouldBeTrue();
        var ended = _run.End(Me, now: TimeSpan.FromSeconds(14));
        ended.Undone.ShouldBe([new SampleRange(1, 16, 16)]);
        (ended.Account.Trained, ended.Account.Pushes).ShouldBe((8L, 1));
    }

    [Fact]
    public void Parts_larger_than_the_memory_limit_are_cut_from_the_beginning() =>
        new LeaseRun(new Lease(9, new SampleRange(1, 0, 40), MicroBatchSize: 16), max: 10)
            .BeginNext(Began)
            .ShouldBe(new SampleRange(1, 0, 10));

    [Fact]
    public void A_part_of_local_steps_contains_all_of_them_and_the_last_is_the_rest()
    {
        var run = Local(max: int.MaxValue);
        var (first, second) = (run.BeginNext(Began)!.Value, run.BeginNext(Began)!.Value);
        (first, second, run.BeginNext(Began)).ShouldBe((new SampleRange(1, 0, 32), new SampleRange(1, 32, 8), null));
        run.LocalOf(first)!.Value.Steps.ShouldBe([new SampleRange(1, 0, 16), new SampleRange(1, 16, 16)]);
        _run.LocalOf(first).ShouldBeNull("one gradient a push has no local steps");
    }

    [Fact]
    public void The_memory_limit_reduces_local_steps_and_not_their_part()
    {
        var run = Local(max: 10);
        var part = run.BeginNext(Began)!.Value;
        run.LocalOf(part)!.Value.Steps.Select(step => step.Count).ShouldBe([10, 10, 10, 2]);

        run.Recut(part, max: 5);

        run.BeginNext(Began).ShouldBe(part);
        run.LocalOf(part)!.Value.Steps[0].Count.ShouldBe(5);
    }

    [Fact]
    public void The_rest_of_a_shortened_part_is_the_next_part()
    {
        var run = Local(max: int.MaxValue);
        var part = run.BeginNext(Began)!.Value;

        var done = run.Shorten(part, samples: 16);

        done.ShouldBe(new SampleRange(1, 0, 16));
        run.Judged(done, applied: true, refused: null, loss: 2);
        var ended = run.End(Me, now: default);
        ended.Undone.ShouldBe([new SampleRange(1, 16, 16), new SampleRange(1, 32, 8)]);
        (ended.Account.Samples, ended.Account.LossSum).ShouldBe((16L, 32));
    }

    // Two steps of 16 a push.
    private static LeaseRun Local(int max) =>
        new(new Lease(9, new SampleRange(1, 0, 40), MicroBatchSize: 16, LocalSteps: 2), max);

    private static WorkerProtocol.RefusedPart Refused(SampleRange part) => new(part, Refusal.TooStale, "stale");
}
