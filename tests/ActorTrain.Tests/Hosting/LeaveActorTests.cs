using ActorTrain.Hosting;
using ActorTrain.Protocol;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Hosting;

/// <summary>In which order a node leaves, and how long it waits.</summary>
public sealed class LeaveActorTests : ActorTests
{
    private static readonly WorkerNodeActor.Leave Leave = new("its node was asked to leave");
    private readonly TestProbe _requester;
    private readonly TestProbe _coordinator;
    private readonly TestProbe _worker;
    private IActorRef _leaving = ActorRefs.Nobody;
    private bool _hasShards = true;

    public LeaveActorTests()
        : base(TestClock) =>
        (_requester, _coordinator, _worker) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task The_worker_returns_its_leases_before_the_shards_are_handed_over()
    {
        Start(_worker);
        await _worker.ExpectMsgAsync(Leave);
        _coordinator.HasMessages.ShouldBeFalse();

        _worker.Reply(new WorkerNodeActor.Left());

        (await Asked()).Node.ShouldBe("n:1");
        _requester.HasMessages.ShouldBeFalse();
        _coordinator.Reply(new NodeProtocol.MayLeave());
        await _requester.ExpectMsgAsync<WorkerNodeActor.Left>();
    }

    [Fact]
    public async Task While_it_has_shards_it_asks_again_until_the_job_can_hand_them_over()
    {
        Start();
        await Asked();
        _coordinator.Reply(new ClientProtocol.Rejected("the job does not train at the moment"));
        await Pass(seconds: 0.5);
        // Another coordinator, which has adopted the job.
        await Asked();
        _requester.HasMessages.ShouldBeFalse();

        _hasShards = false;
        _coordinator.Reply(new ClientProtocol.Rejected("no job runs on this cluster"));

        await _requester.ExpectMsgAsync<WorkerNodeActor.Left>();
    }

    [Fact]
    public async Task The_coordinators_node_leaves_at_once_when_no_job_runs()
    {
        _hasShards = false;
        Start(isCoordinator: true);
        await Asked();
        _coordinator.Reply(new ClientProtocol.Rejected("no job runs on this cluster"));
        await _requester.ExpectMsgAsync<WorkerNodeActor.Left>();
    }

    [Fact]
    public async Task A_node_with_nothing_to_hand_over_asks_nobody()
    {
        _hasShards = false;
        Start();
        await _requester.ExpectMsgAsync<WorkerNodeActor.Left>();
        _coordinator.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public async Task Neither_worker_nor_coordinator_keep_it_for_longer_than_twelve_seconds()
    {
        Start(_worker);
        await _worker.ExpectMsgAsync(Leave);
        await Pass(seconds: 4);
        await Asked();
        // Too late to begin again.
        _worker.Reply(new WorkerNodeActor.Left());
        await Pass(seconds: 8);
        await _requester.ExpectMsgAsync<WorkerNodeActor.Left>();
    }

    private void Start(IActorRef? worker = null, bool isCoordinator = false)
    {
        _leaving = Sys.ActorOf(LeaveActor.Props(_coordinator, "n:1", worker, isCoordinator, () => _hasShards));
        _leaving.Tell(Leave, _requester);
    }

    private Task<NodeProtocol.Leaving> Asked() => _coordinator.ExpectMsgAsync<NodeProtocol.Leaving>().AsTask();

    /// <summary>Time passes when the actor has handled what it has been sent.</summary>
    private async Task Pass(double seconds)
    {
        var probe = CreateTestProbe();
        probe.Send(_leaving, new Identify(null));
        await probe.ExpectMsgAsync<ActorIdentity>();
        Clock.Advance(TimeSpan.FromSeconds(seconds));
    }
}
