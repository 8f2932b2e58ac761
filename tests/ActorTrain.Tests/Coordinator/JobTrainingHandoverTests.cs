using ActorTrain.Coordinator;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Training hands over what a node has before the node leaves.</summary>
public sealed class JobTrainingHandoverTests : JobTrainingActorTestBase
{
    private const string ShardNode = "s:1";

    [Fact]
    public async Task The_node_of_a_shard_may_leave_when_the_shard_is_copied_at_a_clean_cut()
    {
        var standby = await Standby();
        var a = await Join("a:1");
        var lease = await a.Lease();

        var node = CreateTestProbe();
        _training.Tell(new NodeProtocol.Leaving(ShardNode), node);
        await a.Probe.ExpectMsgAsync<WorkerProtocol.ReturnLeases>();
        node.HasMessages.ShouldBeFalse();
        a.End(lease, new SampleRange(1, lease.Range.Start + 16, 16));
        a.Tell(new WorkerProtocol.RequestLease(a.Id));
        var copy = (StandbyProtocol.Copy)
            await _shard.FishForMessageAsync(message => message is StandbyProtocol.Copy { Share: 1 });
        node.HasMessages.ShouldBeFalse();
        _training.Tell(new StandbyProtocol.Copied(0, copy.Number, standby, 0, []), _shard);

        await node.ExpectMsgAsync<NodeProtocol.MayLeave>();
        // The counts that belong to the copy.
        await Ending<JobTrainingProtocol.SnapshotTaken>();
        // What would be trained now would be lost with the shard.
        await Answer(new ClientProtocol.GetStaleness());
        while (a.Probe.HasMessages)
            (await a.Probe.ReceiveOneAsync()).ShouldBeOfType<WorkerProtocol.ReturnLeases>();
    }

    [Fact]
    public async Task A_node_that_has_the_coordinator_alone_may_leave_at_a_clean_cut_without_copies()
    {
        await Standby();
        var a = await Join("a:1");
        var lease = await a.Lease();
        var node = CreateTestProbe();
        _training.Tell(new NodeProtocol.Leaving("c:1"), node);
        await a.Probe.ExpectMsgAsync<WorkerProtocol.ReturnLeases>();

        a.End(lease, lease.Range);

        await node.ExpectMsgAsync<NodeProtocol.MayLeave>();
        while (_shard.HasMessages)
            (await _shard.ReceiveOneAsync()).ShouldNotBeOfType<StandbyProtocol.Copy>();
    }

    [Fact]
    public async Task A_job_that_ends_is_not_handed_over()
    {
        await Standby();
        await Join("a:1");
        _training.Tell(new ClientProtocol.Cancel());

        (await Answer(new NodeProtocol.Leaving(ShardNode))).ShouldBeOfType<ClientProtocol.Rejected>();
    }

    private async Task<IActorRef> Standby()
    {
        var standby = CreateTestProbe();
        _training.Tell(new JobTrainingProtocol.StandbysPlaced(new Dictionary<int, IActorRef> { [0] = standby }), _job);
        await _shard.FishForMessageAsync(message => message is StandbyProtocol.Copy);
        return standby;
    }
}
