using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Nodes know the jobs that have not ended, and a new coordinator goes on with them.</summary>
public sealed class KnownJobsTests : JobQueueTestBase
{
    [Fact]
    public async Task Nodes_are_told_of_the_jobs_that_have_not_ended()
    {
        var first = await Submit("first");
        var node = Node("s:1");
        await node.ExpectMsgAsync<PendingJobProtocol.GetKnown>();
        (await node.ExpectMsgAsync<PendingJobProtocol.Keep>()).Job.JobId.ShouldBe("1");
        await Submit("second");
        var waits = (await node.ExpectMsgAsync<PendingJobProtocol.Keep>()).Job;
        (waits.JobId, waits.HasBegun, waits.Job.Name).ShouldBe(("2", false, "second"));
        first.Send(_coordinator, new ClientProtocol.CancelJob("1"));
        (await node.ExpectMsgAsync<PendingJobProtocol.Drop>()).JobId.ShouldBe("1");
        (await node.ExpectMsgAsync<PendingJobProtocol.Keep>()).Job.JobId.ShouldBe("2");

        _coordinator.Tell(new JobCheckpoints.Written("2"));

        var trains = (await node.ExpectMsgAsync<PendingJobProtocol.Keep>()).Job;
        (trains.JobId, trains.HasCheckpoint).ShouldBe(("2", true));
    }

    [Fact]
    public async Task A_job_that_a_node_knows_waits_at_a_new_coordinator_and_clients_find_it()
    {
        var node = Node("s:1");
        await node.ExpectMsgAsync<PendingJobProtocol.GetKnown>();
        node.Reply(new PendingJobProtocol.Known([Known("7-2")]));
        (await node.ExpectMsgAsync<PendingJobProtocol.Keep>()).Job.JobId.ShouldBe("7-2");
        (await List()).ShouldBe([("7-2", JobPhase.Queued)]);
        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.Follow("7-2"));
        (await client.ExpectMsgAsync<ClientProtocol.Accepted>()).Job.Name.ShouldBe("known");
        await Message<ClientProtocol.Adopted>(client, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_node_that_was_away_when_a_job_began_does_not_make_it_begin_anew()
    {
        var (away, present) = (Node("a:1"), Node("p:1"));
        await away.ExpectMsgAsync<PendingJobProtocol.GetKnown>();
        away.Reply(new PendingJobProtocol.Known([Known("7-1")]));
        await Message<PendingJobProtocol.Keep>(present);
        present.Send(_coordinator, new PendingJobProtocol.Known([Known("7-1") with { HasBegun = true }]));
        var keep = await away.FishForMessageAsync<PendingJobProtocol.Keep>(told => told.Job.HasBegun);
        keep.Job.JobId.ShouldBe("7-1");
        await AwaitAssertAsync(
            async () => (await List()).ShouldBe([("7-1", JobPhase.Failed)]),
            TimeSpan.FromSeconds(60)
        );
    }

    [Fact]
    public async Task A_job_of_which_more_is_known_than_when_it_was_prepared_does_not_begin()
    {
        var (_, client) = await InterruptedJob();
        await client.ExpectMsgAsync<ClientProtocol.Accepted>();

        _coordinator.Tell(new JobPreparation.Ready(new(Known("7-1"), Client: null), Resumed: null));

        client.Send(_coordinator, new ClientProtocol.CancelJob("7-1"));
        await client.FishForMessageAsync(message =>
        {
            message.ShouldNotBeOfType<ClientProtocol.Moving>();
            return message is ClientProtocol.Failed { IsCanceled: true };
        });
    }

    [Fact]
    public async Task A_job_that_has_ended_is_dropped_by_a_node_that_has_missed_it()
    {
        var first = await Submit("first");
        first.Send(_coordinator, new ClientProtocol.CancelJob("1"));
        await Message<ClientProtocol.Failed>(first);
        var node = Node("s:1");
        await node.ExpectMsgAsync<PendingJobProtocol.GetKnown>();
        node.Reply(new PendingJobProtocol.Known([Known("1")]));
        (await node.ExpectMsgAsync<PendingJobProtocol.Drop>()).JobId.ShouldBe("1");
        (await List()).ShouldBe([("1", JobPhase.Canceled)]);
    }

    [Fact]
    public async Task A_job_that_a_node_has_brought_back_ends_when_another_knows_that_it_has_ended()
    {
        var (node, client) = await InterruptedJob();
        await Waits(client, "it was interrupted; waiting for nodes that have its shards or checkpoints");

        _coordinator.Tell(
            new ResultProtocol.KeptJobs([
                new("7-1", "known", JobPhase.Failed, "no luck", "", default, DateTimeOffset.UnixEpoch, 1, 1),
            ])
        );

        (await node.ExpectMsgAsync<PendingJobProtocol.Drop>()).JobId.ShouldBe("7-1");
        await Message<ClientProtocol.Moving>(client);
        client.Send(_coordinator, new ClientProtocol.Follow("7-1"));
        (await Message<ClientProtocol.Failed>(client)).Reason.ShouldBe("no luck");
        (await List()).ShouldBe([("7-1", JobPhase.Failed)]);
    }

    [Fact]
    public async Task A_job_that_cannot_go_on_yet_says_why_and_lets_others_pass()
    {
        var node = Node("s:1");
        await node.ExpectMsgAsync<PendingJobProtocol.GetKnown>();
        var lost = Known("7-1") with { HasBegun = true, HasCheckpoint = true };
        var job = lost.Job with { Checkpoint = new CheckpointOptions { Every = CheckpointInterval.Epochs(1) } };
        node.Reply(new PendingJobProtocol.Known([lost with { Job = job }]));
        await node.ExpectMsgAsync<PendingJobProtocol.Keep>();
        await Waits(await Submit("other"), "waiting for the nodes of the cluster to enrol; 1 job before this one");

        await AwaitAssertAsync(
            async () => (await List()).ShouldBe([("1", JobPhase.WaitingForWorkers), ("7-1", JobPhase.Queued)]),
            TimeSpan.FromSeconds(60)
        );

        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.Follow("7-1"));
        await Waits(client, "its coordinator and its shards are lost, and its checkpoints are not in");
    }

    // A node knows it, and a client follows it.
    private async Task<(TestProbe Node, TestProbe Client)> InterruptedJob()
    {
        var (node, client) = (Node("s:1"), CreateTestProbe());
        await node.ExpectMsgAsync<PendingJobProtocol.GetKnown>();
        node.Reply(new PendingJobProtocol.Known([Known("7-1") with { HasBegun = true }]));
        await node.ExpectMsgAsync<PendingJobProtocol.Keep>();
        client.Send(_coordinator, new ClientProtocol.Follow("7-1"));
        return (node, client);
    }
}
