using ActorTrain.Hosting;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Tests.Hosting;

/// <summary>A node without a job ends when its seed has begun another cluster, and only then.</summary>
public sealed class SeedWatchActorTests
{
    [Theory]
    // A seed that is about to join this node's cluster answers with the coordinator of that: on this node, or another.
    [InlineData("akka://actortrain/user/coordinator", null)]
    [InlineData("akka.tcp://actortrain@127.0.0.1:{here}/user/coordinator", null)]
    [InlineData("akka.tcp://actortrain@127.0.0.1:1/user/coordinator", "its seed 127.0.0.1:1 has begun another")]
    public async Task It_ends_by_the_coordinator_that_the_seed_knows(string coordinator, string? expected)
    {
        await using var cluster = await InProcessCluster.StartAsync();
        var system = cluster.Seed.System;
        await cluster.Seed.Joined;
        using var node = Inbox.Create(system);
        var ended = new TaskCompletionSource<string?>();
        var watch = system.ActorOf(SeedWatchActor.Props(new HostPort("127.0.0.1", 1), node.Receiver, ended.SetResult));
        var known = ((ExtendedActorSystem)system).Provider.ResolveActorRef(
            coordinator.Replace("{here}", $"{cluster.Seed.Address.Port}")
        );

        watch.Tell(new ClientProtocol.Welcome(known, BuildVersion.Here));
        // Only a suspicion asks the node for its job.
        watch.Tell(new Identify("handled"), node.Receiver);

        var next = node.Receive(Patience);
        if (expected is null)
        {
            next.ShouldBeOfType<ActorIdentity>();
            return;
        }
        next.ShouldBeOfType<NodeActor.GetEnrolmentStatus>();
        watch.Tell(new NodeActor.EnrolmentStatus(null));
        (await ended.Task.WaitAsync(Patience)).ShouldBe(expected);
    }
}
