using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Settings;
using ActorTrain.Worker;
using Akka.TestKit;

namespace ActorTrain.Tests.Worker;

public sealed class LeaseClientTests : ActorTests
{
    private static readonly WorkerId Id = new("w:1", 7);
    private readonly TestProbe _coordinator;
    private readonly LeaseClient _leases;

    public LeaseClientTests()
        : base(ReferenceConfiguration.Config)
    {
        _coordinator = CreateTestProbe();
        _leases = new LeaseClient(_coordinator, Id, Sys, TestActor);
    }

    [Fact]
    public async Task A_lease_is_requested_once_until_it_is_granted()
    {
        _leases.Request(TimeSpan.FromSeconds(1));
        _leases.Request(TimeSpan.FromSeconds(2));
        _leases.RequestAgain(since: TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await _coordinator.ExpectMsgAsync<WorkerProtocol.RequestLease>();
        await _coordinator.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));

        _leases.RequestAgain(since: TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        await _coordinator.ExpectMsgAsync<WorkerProtocol.RequestLease>();
    }

    [Fact]
    public void Of_two_grants_for_one_request_one_is_accepted()
    {
        _leases.TryAccept().ShouldBeFalse();
        _leases.Request(TimeSpan.Zero);
        _leases.TryAccept().ShouldBeTrue();
        _leases.TryAccept().ShouldBeFalse();
    }

    [Fact]
    public async Task Parts_that_have_not_begun_are_returned_with_their_lease()
    {
        _leases.Held.Add(new LeaseRun(new Lease(9, new SampleRange(1, 0, 32), 16), int.MaxValue));

        _leases.ReturnUnbegun(TimeSpan.Zero);

        var ended = await _coordinator.ExpectMsgAsync<WorkerProtocol.LeaseEnded>();
        (ended.LeaseId, ended.Undone.Sum(part => part.Count)).ShouldBe((9L, 32));
        _leases.Held.IsEmpty.ShouldBeTrue();
    }
}
