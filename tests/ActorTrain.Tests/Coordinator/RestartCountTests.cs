using ActorTrain.Coordinator;
using ActorTrain.Engines;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

public sealed class RestartCountTests : ActorTests
{
    private static readonly DeviceDescription Device = new("cpu", "toy", 1);
    private readonly RestartCount _restarts = new();
    private readonly IActorRef _first;
    private readonly IActorRef _second;

    public RestartCountTests() => (_first, _second) = (CreateTestProbe(), CreateTestProbe());

    [Fact]
    public void A_node_with_another_host_has_restarted_and_one_with_the_same_has_not()
    {
        Restarts("a:1", _first).ShouldBe(0);
        Restarts("a:1", _first).ShouldBe(0);
        Restarts("a:1", _second).ShouldBe(1);
        Restarts("b:1", _first).ShouldBe(0);
        Restarts("a:1", _first).ShouldBe(2);
    }

    [Fact]
    public void A_new_job_counts_from_the_present_nodes()
    {
        Restarts("a:1", _first);
        Restarts("a:1", _second);
        _restarts.Begin(before: []);
        Restarts("a:1", _second).ShouldBe(0);
    }

    [Fact]
    public void Another_coordinator_continues_the_count()
    {
        _restarts.Begin([Snapshot(1, _second), Snapshot(0, _first)]);
        Restarts("a:1", _second).ShouldBe(1);
        Restarts("a:1", _first).ShouldBe(2);
    }

    private static WorkerSnapshot Snapshot(int restarts, IActorRef host) =>
        new("a:1", restarts, host, Device, MostSamples: 8, LeaseSamples: 0, LeaseSeconds: 0, Absence: null);

    private int Restarts(string node, IActorRef worker) =>
        _restarts.Get(new NodeProtocol.Enrol(node, [NodeRoles.Worker], worker, Server: null));
}
