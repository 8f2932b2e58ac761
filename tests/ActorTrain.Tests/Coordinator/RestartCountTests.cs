using ActorTrain.Coordinator;
using ActorTrain.Hosting;
using ActorTrain.Worker;
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
    public void A_node_that_enrols_again_is_the_same_and_one_with_another_host_was_started_again()
    {
        Of("a:1", _first).ShouldBe(0);
        Of("a:1", _first).ShouldBe(0);
        Of("a:1", _second).ShouldBe(1);
        Of("b:1", _first).ShouldBe(0);
        Of("a:1", _first).ShouldBe(2);
    }

    [Fact]
    public void A_new_job_begins_with_those_that_are_here()
    {
        Of("a:1", _first);
        Of("a:1", _second);
        _restarts.Begin(before: []);
        Of("a:1", _second).ShouldBe(0);
    }

    [Fact]
    public void Another_coordinator_goes_on_counting()
    {
        _restarts.Begin([Memory(1, _second), Memory(0, _first)]);
        Of("a:1", _second).ShouldBe(1);
        Of("a:1", _first).ShouldBe(2);
    }

    private static WorkerMemory Memory(int restarts, IActorRef host) =>
        new("a:1", restarts, host, Device, MostSamples: 8, LeaseSamples: 0, LeaseSeconds: 0, Absence: null);

    private int Of(string node, IActorRef worker) =>
        _restarts.Of(new NodeProtocol.Enrol(node, [NodeRoles.Worker], worker, Server: null));
}
