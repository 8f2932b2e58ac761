using ActorTrain.Supervision;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

/// <summary>A user's own test of an actor, with Akka's TestKit, in which a simulation makes what happens.</summary>
public sealed class HostedTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void An_existing_test_of_an_actor_hosts_a_simulation()
    {
        using var run = new Simulation(Seed: 1)
            .WithSeed()
            .WithWorkers(2, Speed.Constant(200))
            .At(seconds: 10, Fault.Kill("worker-2"))
            .Start(Jobs.Of());
        run.Advance(TimeSpan.FromSeconds(15));
        foreach (var happened in run.Events)
            TestActor.Tell(happened, TestActor);

        FishForMessage<SupervisionEvent>(happened => happened.Kind == SupervisionEventKinds.WorkerLost)
            .Node.ShouldBe("worker-2");
        run.ToEnd().ShouldBeSound();
    }
}
