using ActorTrain.Lane;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Lane;

public sealed class LaneProbeActorTests : ActorTests
{
    private readonly TestProbe _server;
    private readonly TestProbe _job;
    private readonly OneWayLane _lane = new();

    public LaneProbeActorTests()
        : base(TestClock) => (_server, _job) = (CreateTestProbe("server"), CreateTestProbe("job"));

    [Fact]
    public async Task A_probe_passes_when_messages_arrived_in_both_directions()
    {
        var probe = await BeginAsync(bothWays: true);
        probe.Tell(new LaneProtocol.Probe(), _server.Ref);
        await _job.ExpectNoMsgAsync(TimeSpan.Zero);
        probe.Tell(new LaneProtocol.ProbeArrived(), _server.Ref);
        await _job.ExpectMsgAsync<LaneProbeActor.Passed>();
    }

    [Theory]
    [InlineData(true, "its tensor lane to this node does not work: nothing has arrived there within 15 s")]
    [InlineData(false, "the tensor lane from this node to it does not work: nothing has arrived within 15 s")]
    public async Task A_lane_that_works_in_one_direction_is_reported_and_tried_again(bool comesIn, string sentence)
    {
        var probe = await BeginAsync(bothWays: true);
        object first = comesIn ? new LaneProtocol.Probe() : new LaneProtocol.ProbeArrived();
        object second = comesIn ? new LaneProtocol.ProbeArrived() : new LaneProtocol.Probe();
        probe.Tell(first, _server.Ref);
        for (var second0 = 0; second0 < 15; second0++)
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));
        (await _job.ExpectMsgAsync<LaneProbeActor.Failing>()).Reason.ShouldStartWith(sentence);

        probe.Tell(second, _server.Ref);
        await _job.ExpectMsgAsync<LaneProbeActor.Passed>();
    }

    [Fact]
    public async Task A_client_tries_only_the_direction_of_the_weights()
    {
        var probe = await BeginAsync(bothWays: false);
        _lane.Sent.ShouldBe(0);
        probe.Tell(new LaneProtocol.Probe(), _server.Ref);
        await _job.ExpectMsgAsync<LaneProbeActor.Passed>();
    }

    private async Task<IActorRef> BeginAsync(bool bothWays)
    {
        var probe = _job.ChildActorOf(LaneProbeActor.Props(_lane, [_server.Ref], bothWays));
        await _server.ExpectMsgAsync<LaneProtocol.SendProbe>();
        return probe;
    }

    private sealed class OneWayLane : ITensorLane
    {
        private int _sent;

        public int Sent => Volatile.Read(ref _sent);

        public TensorPool Memory { get; } = new(shared: false, keep: 0);

        public void Tell(IActorRef target, ITensorMessage message, IActorRef sender) =>
            Interlocked.Increment(ref _sent);

        public IDisposable Admit(IActorRef receiver, IReadOnlySet<int> lengths) => new MemoryStream();
    }
}
