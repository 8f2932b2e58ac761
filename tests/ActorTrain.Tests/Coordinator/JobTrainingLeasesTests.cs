using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Each worker gets leases of its own, and the leases of a lost worker go to others.</summary>
public sealed class JobTrainingLeasesTests : JobTrainingActorTestBase
{
    [Fact]
    public async Task Workers_get_different_samples()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        (await a.Lease()).Range.ShouldBe(new SampleRange(1, 0, 32));
        (await b.Lease()).Range.ShouldBe(new SampleRange(1, 32, 32));
    }

    [Fact]
    public async Task No_worker_waits_at_the_end_of_an_epoch()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        await a.Lease();
        await b.Lease();
        (await b.Lease()).Range.Epoch.ShouldBe(2);
    }

    [Fact]
    public async Task A_lost_workers_lease_goes_to_another()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        var lost = await a.Lease();
        _training.Tell(new NodeProtocol.NodeLost("a:1", "it did not answer"));
        await Settled(a);
        (await b.Lease()).Range.ShouldBe(lost.Range);
    }

    [Fact]
    public async Task An_unreachable_workers_lease_goes_to_another_and_it_returns_with_a_new_incarnation()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        var doubted = await a.Lease();
        _training.Tell(new NodeProtocol.NodeUnreachable("a:1"));
        await Settled(a);
        (await b.Lease()).Range.ShouldBe(doubted.Range);
        _training.Tell(new NodeProtocol.NodeReachable("a:1"));
        var again = a with { Id = (await a.Probe.ExpectMsgAsync<WorkerProtocol.Start>()).Worker };
        again.Id.Incarnation.ShouldBeGreaterThan(a.Id.Incarnation);
        (await again.Lease()).Range.ShouldBe(new SampleRange(1, 32, 32));
    }

    [Fact]
    public async Task Samples_that_a_leaving_worker_gives_back_go_to_another()
    {
        var (a, b) = (await Join("a:1"), await Join("b:1"));
        var lease = await a.Lease();
        a.End(lease, undone: new SampleRange(1, 16, 16));
        a.Tell(new WorkerProtocol.Withdrawn(a.Id, "its node was told to leave", Failed: false, Returns: false));
        await Settled(a);
        (await b.Lease()).Range.ShouldBe(new SampleRange(1, 16, 16));
    }

    [Fact]
    public async Task A_past_incarnation_gets_no_lease()
    {
        var old = await Join("a:1");
        var young = await Join("a:1");
        old.Tell(new WorkerProtocol.RequestLease(old.Id));
        (await young.Lease()).Range.Start.ShouldBe(0);
        await old.Probe.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Theory, InlineData(true, "32 samples go to others"), InlineData(false, "32 samples wait for a worker")]
    public async Task Samples_of_a_lost_worker_go_to_others_or_wait_for_one(bool others, string action)
    {
        var a = await Join("a:1");
        if (others)
            await Join("b:1");
        await a.Lease();
        _training.Tell(new NodeProtocol.NodeLost("a:1", "it did not answer."));

        var lost = await Raised(SupervisionEventKinds.WorkerLost);
        (lost.Reason, lost.Action).ShouldBe(("it did not answer", action));
    }

    [
        Theory,
        InlineData(0, true, "it held no lease"),
        InlineData(1, true, "1 sample goes to others"),
        InlineData(1, false, "1 sample waits for a worker")
    ]
    public void Taken_back_samples_are_counted_in_the_event(int samples, bool othersTrain, string action) =>
        LeaseEvents.TakenBack(samples, othersTrain).ShouldBe(action);
}
