using ActorTrain.Hosting;
using ActorTrain.Supervision;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Hosting;

public sealed class WaitActorTests() : ActorTests(TestClock)
{
    private static readonly NodeSituation Outside = new() { Seed = new HostPort("10.0.0.1", 4053) };
    private NodeSituation _situation = Outside;
    private TimeSpan _now;

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task A_node_reports_that_its_seed_refuses_connections_and_later_that_it_waits_for_a_job()
    {
        var waits = Start();
        await Pass(seconds: 6, waits, new NodeActor.EnrolmentStatus(null));
        await ExpectMsgAsync("waiting for the seed 10.0.0.1:4053: nothing listens there (connection refused)");

        _situation = new NodeSituation { Place = ClusterPlace.Member, HasCoordinator = true };
        await Pass(seconds: 6, waits, new NodeActor.EnrolmentStatus(ActorRefs.Nobody));
        await ExpectMsgAsync("waiting for a job");
    }

    [Fact]
    public async Task A_node_that_trains_reports_nothing()
    {
        _situation = new NodeSituation { Place = ClusterPlace.Member, HasCoordinator = true };
        await Pass(seconds: 20, Start(), new NodeActor.EnrolmentStatus(ActorRefs.Nobody, HasJob: true));
        HasMessages.ShouldBeFalse();
    }

    private (IActorRef Actor, TestProbe Node) Start()
    {
        var node = CreateTestProbe();
        var probe = new PortProbe(PortAnswer.Refuses);
        return (
            Sys.ActorOf(
                WaitActor.Props(
                    node,
                    () => _situation,
                    _ => Task.FromResult(probe),
                    () => _now,
                    wait => TestActor.Tell(wait.ToString())
                )
            ),
            node
        );
    }

    private async Task Pass(int seconds, (IActorRef Actor, TestProbe Node) waits, NodeActor.EnrolmentStatus standing)
    {
        for (var second = 0; second < seconds; second++)
        {
            // An answer means that its timer runs, and that it has handled earlier messages and the probe's result.
            await waits.Actor.Ask<ActorIdentity>(new Identify(null));
            await waits.Actor.Ask<ActorIdentity>(new Identify(null));
            _now += TimeSpan.FromSeconds(1);
            Clock.Advance(TimeSpan.FromSeconds(1));
            await waits.Node.ExpectMsgAsync<NodeActor.GetEnrolmentStatus>();
            waits.Actor.Tell(standing);
        }
    }
}
