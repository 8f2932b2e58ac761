using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Leases;

namespace ActorTrain.Tests.Balancing;

/// <summary>Steps of 40 in two epochs of 100 samples, for a worker of 300 samples a second and one of 100.</summary>
public sealed class StepPlannerTests
{
    private static readonly PlannedWorker Fast = new("fast:1", false, 300),
        Slow = new("slow:1", false, 100);
    private readonly LeaseBook _book = new(100, 2);
    private readonly StepPlanner _planner = new(new StepGrid(40, 100), batch: 10, wholeShares: true, repeats: true);
    private readonly StepPlanner _ofBatches = new(new StepGrid(40, 100), batch: 10, wholeShares: false, repeats: false);
    private TimeSpan _now;
    private long _round;

    [Fact]
    public void Each_gets_its_share_of_a_step_by_throughput()
    {
        Next(Fast).ShouldBe(new LeasePart(1, 0, 30));
        Next(Slow).ShouldBe(new LeasePart(1, 30, 10));
    }

    [Fact]
    public void Nobody_gets_more_than_a_part_of_the_step_after()
    {
        foreach (var worker in new[] { Fast, Slow, Fast, Slow })
            Next(worker).ShouldNotBeNull();
        Next(Fast).ShouldBeNull();
        Next(Slow).ShouldBeNull();
    }

    [Fact]
    public void The_next_step_is_handed_out_when_the_one_before_the_last_is_done()
    {
        foreach (var worker in new[] { Fast, Slow, Fast, Slow })
            Next(worker);
        End(Fast);
        Next(Fast).ShouldBeNull();
        End(Slow);
        Next(Fast).ShouldBe(new LeasePart(1, 80, 15));
    }

    [Fact]
    public void What_another_has_a_claim_to_is_left_to_it()
    {
        Next(Fast);
        Next(Fast).ShouldBeNull();
        Next(Slow).ShouldBe(new LeasePart(1, 30, 10));
    }

    [Fact]
    public void What_comes_back_goes_to_whoever_asks()
    {
        foreach (var worker in new[] { Fast, Slow, Fast })
            Next(worker);
        _book.TakeBack(Slow.Node, _round);
        Settle();
        _planner.Next(_book, [Fast], Fast, _now)!.Lease.Stretch.ShouldBe(new LeasePart(1, 30, 10));
    }

    [Fact]
    public void Who_has_nothing_to_do_leaves_nothing_that_the_step_waits_for()
    {
        Next(Slow).ShouldBe(new LeasePart(1, 0, 10));
        End(Slow);
        Next(Slow).ShouldBe(new LeasePart(1, 10, 30));
    }

    [Fact]
    public void Where_gradients_are_of_one_batch_their_cuts_do_not_depend_on_who_asks()
    {
        _ofBatches.Next(_book, [Fast, Slow], Fast, _now)!.Lease.Stretch.ShouldBe(new LeasePart(1, 0, 10));
        _ofBatches.Next(_book, [Fast, Slow], Slow, _now)!.Lease.Stretch.ShouldBe(new LeasePart(1, 10, 10));
        _ofBatches.Next(_book, [Fast, Slow], Fast, _now)!.Lease.Stretch.ShouldBe(new LeasePart(1, 20, 10));
    }

    [Fact]
    public void A_straggler_that_all_wait_for_is_repeated_when_it_takes_twice_as_long_as_it_should()
    {
        foreach (var worker in new[] { Fast, Slow, Fast, Slow })
            Next(worker);
        End(Fast);
        _now = TimeSpan.FromSeconds(0.4);
        Next(Fast).ShouldBeNull();
        _now = TimeSpan.FromSeconds(0.6);
        Next(Fast).ShouldBe(new LeasePart(1, 30, 10));
        Next(Fast).ShouldBeNull();
    }

    [Fact]
    public void A_gradient_is_no_larger_than_a_memory_holds() =>
        _planner
            .Next(_book, [Fast with { MostSamples = 8 }], Fast with { MostSamples = 8 }, _now)!
            .Lease.Parts.ShouldAllBe(part => part.Count <= 8);

    private LeasePart? Next(PlannedWorker worker) => _planner.Next(_book, [Fast, Slow], worker, _now)?.Lease.Stretch;

    private void End(PlannedWorker worker) =>
        _book.End(_book.Grants.Where(grant => grant.Holder == worker.Node).Min(grant => grant.Lease.Id), [], _round);

    private void Settle() => _book.Settle(++_round, new Dictionary<int, PositionSet>());
}
