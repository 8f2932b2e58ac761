using ActorTrain.Leases;
using ActorTrain.Staleness;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

/// <summary>A lease of 40 samples in parts of 16, 16 and 8.</summary>
public sealed class LeaseRunTests
{
    private static readonly WorkerId Me = new("w:1", 1);
    private static readonly TimeSpan Began = TimeSpan.FromSeconds(10);
    private readonly LeaseRun _run = new(new Lease(9, new LeasePart(1, 0, 40), MicroBatch: 16), most: int.MaxValue);

    [Fact]
    public void It_hands_out_its_parts_in_order()
    {
        new[] { _run.Next(Began), _run.Next(Began), _run.Next(Began), _run.Next(Began) }.ShouldBe([
            new LeasePart(1, 0, 16),
            new LeasePart(1, 16, 16),
            new LeasePart(1, 32, 8),
            null,
        ]);
        _run.AllBegun.ShouldBeTrue();
        _run.IsDone.ShouldBeFalse();
    }

    [Fact]
    public void It_is_done_when_every_part_is_judged_in_any_order()
    {
        var parts = new[] { _run.Next(Began)!.Value, _run.Next(Began)!.Value, _run.Next(Began)!.Value };
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
    public void Ended_early_it_gives_back_what_is_refused_under_way_and_not_begun()
    {
        var (first, second) = (_run.Next(Began)!.Value, _run.Next(Began)!.Value);
        _run.Judged(first, applied: false, Refused(first), loss: 2);

        var ended = _run.End(Me, now: TimeSpan.FromSeconds(14));

        ended.Undone.ShouldBe([first, second, new LeasePart(1, 32, 8)]);
        ended.Refused.ShouldBe([Refused(first)]);
        (ended.Account.Samples, ended.Account.Trained, ended.Account.Pushes).ShouldBe((0L, 16L, 1));
    }

    [Fact]
    public void A_part_that_was_too_much_comes_again_in_halves_and_so_does_what_is_ahead()
    {
        var tooMuch = _run.Next(Began)!.Value;

        _run.Recut(tooMuch, most: 8);

        new[]
        {
            _run.Next(Began),
            _run.Next(Began),
            _run.Next(Began),
            _run.Next(Began),
            _run.Next(Began),
            _run.Next(Began),
        }.ShouldBe([
            new LeasePart(1, 0, 8),
            new LeasePart(1, 8, 8),
            new LeasePart(1, 16, 8),
            new LeasePart(1, 24, 8),
            new LeasePart(1, 32, 8),
            null,
        ]);
    }

    [Fact]
    public void What_is_left_to_others_comes_back_when_all_that_was_begun_is_judged()
    {
        var first = _run.Next(Began)!.Value;
        _run.Leave();
        _run.Next(Began).ShouldBeNull();
        _run.IsDone.ShouldBeFalse();

        _run.Judged(first, applied: true, refused: null, loss: 2);

        _run.IsDone.ShouldBeTrue();
        _run.End(Me, now: TimeSpan.FromSeconds(14))
            .Undone.ShouldBe([new LeasePart(1, 16, 16), new LeasePart(1, 32, 8)]);
    }

    [Fact]
    public void What_another_has_done_is_skipped_and_what_is_abandoned_goes_to_others()
    {
        _run.Skip();
        var abandoned = _run.Next(Began)!.Value;
        _run.Abandon(abandoned);
        var last = _run.Next(Began)!.Value;
        _run.Judged(last, applied: true, refused: null, loss: 2);

        _run.IsDone.ShouldBeTrue();
        var ended = _run.End(Me, now: TimeSpan.FromSeconds(14));
        ended.Undone.ShouldBe([new LeasePart(1, 16, 16)]);
        (ended.Account.Trained, ended.Account.Pushes).ShouldBe((8L, 1));
    }

    [Fact]
    public void What_the_memory_does_not_hold_is_cut_from_the_beginning() =>
        new LeaseRun(new Lease(9, new LeasePart(1, 0, 40), MicroBatch: 16), most: 10)
            .Next(Began)
            .ShouldBe(new LeasePart(1, 0, 10));

    [Fact]
    public void In_local_steps_a_part_is_all_of_them_and_what_is_left_at_the_end()
    {
        var run = Local(most: int.MaxValue);
        var (first, second) = (run.Next(Began)!.Value, run.Next(Began)!.Value);
        (first, second, run.Next(Began)).ShouldBe((new LeasePart(1, 0, 32), new LeasePart(1, 32, 8), null));
        run.LocalOf(first)!.Value.Steps.ShouldBe([new LeasePart(1, 0, 16), new LeasePart(1, 16, 16)]);
        _run.LocalOf(first).ShouldBeNull("a gradient a push has none");
    }

    [Fact]
    public void What_the_memory_does_not_hold_makes_local_steps_smaller_and_not_their_part()
    {
        var run = Local(most: 10);
        var part = run.Next(Began)!.Value;
        run.LocalOf(part)!.Value.Steps.Select(step => step.Count).ShouldBe([10, 10, 10, 2]);

        run.Recut(part, most: 5);

        run.Next(Began).ShouldBe(part);
        run.LocalOf(part)!.Value.Steps[0].Count.ShouldBe(5);
    }

    [Fact]
    public void Of_a_part_that_was_curtailed_the_rest_is_still_to_be_begun()
    {
        var run = Local(most: int.MaxValue);
        var part = run.Next(Began)!.Value;

        var done = run.Shorten(part, samples: 16);

        done.ShouldBe(new LeasePart(1, 0, 16));
        run.Judged(done, applied: true, refused: null, loss: 2);
        var ended = run.End(Me, now: default);
        ended.Undone.ShouldBe([new LeasePart(1, 16, 16), new LeasePart(1, 32, 8)]);
        (ended.Account.Samples, ended.Account.LossSum).ShouldBe((16L, 32));
    }

    // Two steps of 16 a push.
    private static LeaseRun Local(int most) =>
        new(new Lease(9, new LeasePart(1, 0, 40), MicroBatch: 16, LocalSteps: 2), most);

    private static WorkerProtocol.RefusedPart Refused(LeasePart part) => new(part, Refusal.TooStale, "late");
}
