using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

/// <summary>A lease on the second half of a step of 32, and one on its first.</summary>
public sealed class HeldLeasesTests
{
    private static readonly SampleRange First = new(1, 0, 16),
        Second = new(1, 16, 16);
    private readonly HeldLeases _held = new();

    public HeldLeasesTests()
    {
        _held.Add(new LeaseRun(new Lease(1, Second, 16), int.MaxValue));
        _held.Add(new LeaseRun(new Lease(2, First, 16), int.MaxValue));
    }

    [Fact]
    public void The_part_that_comes_first_in_the_job_is_first()
    {
        _held.First.ShouldBe(First);
        _held.NextFor(Taking(null))!.Lease.Id.ShouldBe(2);
    }

    [Fact]
    public void A_part_that_the_shards_take_can_be_computed_before_an_earlier_one()
    {
        _held.NextFor(Taking(Second))!.Lease.Id.ShouldBe(1);
        _held.NextFor(Taking(SampleRange.None)).ShouldBeNull();
    }

    [Fact]
    public void A_part_is_begun_once()
    {
        foreach (var run in _held.All)
            run.BeginNext(TimeSpan.Zero);
        (_held.AllBegun, _held.IsEmpty, _held.First).ShouldBe((true, false, null));
        _held.NextFor(Taking(null)).ShouldBeNull();
    }

    private static ReceivedParameters Taking(SampleRange? step) => new([new ShardSlice(0, 0, 4)], [0], [step]);
}
