using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Leases;

namespace ActorTrain.Tests.Balancing;

/// <summary>Steps of 40 in two epochs of 100 samples, for a worker of 300 samples a second and one of 100.</summary>
public sealed class StepPlannerTests
{
    private static readonly PlannedWorker Fast = new("fast:1", false, 300),
        Slow = new("slow:1", false, 100);
    private readonly LeaseTable _table = new(100, 2);
    private readonly StepPlanner _planner = new(new StepGrid(40, 100), batch: 10, wholeShares: true, repeats: true);
    private readonly StepPlanner _ofBatches = new(new StepGrid(40, 100), batch: 10, wholeShares: false, repeats: false);
    private TimeSpan _now;
    private long _round;

    [Fact]
    public void Each_gets_its_share_of_a_step_by_throughput()
    {
        Next(Fast).ShouldBe(new SampleRange(1, 0, 30));
        Next(Slow).ShouldBe(new SampleRange(1, 30, 10));
    }

    [Fact]
    public void No_worker_gets_more_than_one_part_of_the_next_step()
    {
        foreach (var worker in new[] { Fast, Slow, Fast, Slow })
            Next(worker).ShouldNotBeNull();
        Next(Fast).ShouldBeNull();
        Next(Slow).ShouldBeNull();
    }

    [Fact]
    public void A_step_is_granted_when_the_step_two_before_it_is_done()
    {
        foreach (var worker in new[] { Fast, Slow, Fast, Slow })
            Next(worker);
        End(Fast);
        Next(Fast).ShouldBeNull();
        End(Slow);
        Next(Fast).ShouldBe(new SampleRange(1, 80, 15));
    }

    [Fact]
    public void The_share_of_another_worker_is_left_to_it()
    {
        Next(Fast);
        Next(Fast).ShouldBeNull();
        Next(Slow).ShouldBe(new SampleRange(1, 30, 10));
    }

    [Fact]
    public void A_returned_part_goes_to_the_next_worker_that_requests_a_lease()
    {
        foreach (var worker in new[] { Fast, Slow, Fast })
            Next(worker);
        _table.TakeBack(Slow.Node, _round);
        Settle();
        _planner.Next(_table, [Fast], Fast, _now)!.Lease.Range.ShouldBe(new SampleRange(1, 30, 10));
    }

    [Fact]
    public void An_idle_worker_gets_all_that_the_step_still_waits_for()
    {
        Next(Slow).ShouldBe(new SampleRange(1, 0, 10));
        End(Slow);
        Next(Slow).ShouldBe(new SampleRange(1, 10, 30));
    }

    [Fact]
    public void With_gradients_of_one_batch_the_cuts_do_not_depend_on_the_worker()
    {
        _ofBatches.Next(_table, [Fast, Slow], Fast, _now)!.Lease.Range.ShouldBe(new SampleRange(1, 0, 10));
        _ofBatches.Next(_table, [Fast, Slow], Slow, _now)!.Lease.Range.ShouldBe(new SampleRange(1, 10, 10));
        _ofBatches.Next(_table, [Fast, Slow], Fast, _now)!.Lease.Range.ShouldBe(new SampleRange(1, 20, 10));
    }

    [Fact]
    public void A_straggler_is_repeated_when_it_takes_twice_as_long_as_expected()
    {
        foreach (var worker in new[] { Fast, Slow, Fast, Slow })
            Next(worker);
        End(Fast);
        _now = TimeSpan.FromSeconds(0.4);
        Next(Fast).ShouldBeNull();
        _now = TimeSpan.FromSeconds(0.6);
        Next(Fast).ShouldBe(new SampleRange(1, 30, 10));
        Next(Fast).ShouldBeNull();
    }

    [Fact]
    public void A_gradient_is_no_larger_than_the_memory_holds() =>
        _planner
            .Next(_table, [Fast with { MostSamples = 8 }], Fast with { MostSamples = 8 }, _now)!
            .Lease.Parts.ShouldAllBe(part => part.Count <= 8);

    private SampleRange? Next(PlannedWorker worker) => _planner.Next(_table, [Fast, Slow], worker, _now)?.Lease.Range;

    private void End(PlannedWorker worker) =>
        _table.End(_table.Grants.Where(grant => grant.Holder == worker.Node).Min(grant => grant.Lease.Id), [], _round);

    private void Settle() => _table.Settle(++_round, new Dictionary<int, PositionSet>());
}
