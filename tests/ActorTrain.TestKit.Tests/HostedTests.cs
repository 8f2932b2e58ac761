using ActorTrain.Job;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Tests;

/// <summary>A user's test of an actor with Akka's TestKit that gets its events from a simulation.</summary>
public sealed class HostedTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void A_test_of_an_actor_can_host_a_simulation()
    {
        using var run = new Simulation(Seed: 1)
            .WithSeed()
            .WithWorkers(2, Speed.Constant(200))
            .At(seconds: 10, Fault.Kill("worker-2"))
            .Start(Jobs.Create());
        run.Advance(TimeSpan.FromSeconds(15));
        foreach (var raised in run.Events)
            TestActor.Tell(raised, TestActor);

        FishForMessage<SupervisionEvent>(raised => raised.Kind == SupervisionEventKinds.WorkerLost)
            .Node.ShouldBe("worker-2");
        run.ToEnd().ShouldSucceed();
    }
}
