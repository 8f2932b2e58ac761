using ActorTrain.Leases;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

/// <summary>A lease of 40 samples in parts of 16, 16 and 8.</summary>
public sealed class LeaseRunTests
{
    private static readonly WorkerId Me = new("w:1", 1);
    private readonly LeaseRun _run = new(new Lease(9, new LeasePart(1, 0, 40)), batch: 16, began: TimeSpan.FromSeconds(10));

    [Fact]
    public void It_hands_out_its_parts_in_order()
    {
        new[] { _run.Next(), _run.Next(), _run.Next(), _run.Next() }
            .ShouldBe([new LeasePart(1, 0, 16), new LeasePart(1, 16, 16), new LeasePart(1, 32, 8), null]);
        _run.AllBegun.ShouldBeTrue();
        _run.IsDone.ShouldBeFalse();
    }

    [Fact]
    public void It_is_done_when_every_part_is_judged_in_any_order()
    {
        var parts = new[] { _run.Next()!.Value, _run.Next()!.Value, _run.Next()!.Value };
        foreach (var part in parts.Reverse())
        {
            _run.IsDone.ShouldBeFalse();
            _run.Judged(part, applied: true, refused: false, loss: 2);
        }
        _run.IsDone.ShouldBeTrue();
        var ended = _run.End(Me, now: TimeSpan.FromSeconds(14));
        (ended.LeaseId, ended.Samples, ended.LossSum, ended.Seconds).ShouldBe((9L, 40L, 80.0, 4.0));
        ended.Undone.ShouldBeEmpty();
    }

    [Fact]
    public void Ended_early_it_gives_back_what_is_refused_under_way_and_not_begun()
    {
        var (first, second) = (_run.Next()!.Value, _run.Next()!.Value);
        _run.Judged(first, applied: false, refused: true, loss: 2);

        var ended = _run.End(Me, now: TimeSpan.FromSeconds(14));

        ended.Undone.ShouldBe([first, second, new LeasePart(1, 32, 8)]);
        ended.Samples.ShouldBe(0);
    }
}
