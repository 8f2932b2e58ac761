using ActorTrain.Coordinator;
using ActorTrain.Hosting;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

public sealed class GatheringTests
{
    private readonly Gathering _gathering = new(minimumWorkers: 1);

    [Fact]
    public void One_worker_that_is_waited_for_is_not_many()
    {
        Joined("a:1");
        _gathering.Waiting.ShouldBe("0 of 1 worker ready");
    }

    [Fact]
    public void When_every_worker_has_failed_the_latest_failure_is_named_since_those_before_were_told()
    {
        Joined("a:1");
        Joined("b:1");
        _gathering.Failed("b:1", "its device is gone");
        _gathering.Hopeless.ShouldBeNull();

        _gathering.Failed("a:1", "its data is gone");

        _gathering.Hopeless.ShouldBe("no worker can take part; a:1: its data is gone");
    }

    private void Joined(string node) =>
        _gathering.Joined(new NodeProtocol.Enrol(node, [NodeRoles.Worker, NodeRoles.Server], Worker: ActorRefs.Nobody, Server: ActorRefs.Nobody));
}
