using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Jobs that wait for their turn at the coordinator: there are no workers, so the first one never
/// trains.</summary>
public sealed class JobQueueTests : ActorTests
{
    private readonly IActorRef _coordinator;
    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("actortrain-test-");
    private int _jobs;

    public JobQueueTests() =>
        _coordinator = Sys.ActorOf(
            CoordinatorActor.Props(
                new CoordinatorContext(
                    CoordinatorActorTests.Options with
                    {
                        StateFolder = _disk.FullName,
                    },
                    "c:1",
                    () => $"{++_jobs}",
                    Akka.Actor.Props.Empty,
                    actor => actor.Path.Name,
                    Algorithms.BuiltIn
                )
            )
        );

    protected override void AfterAll()
    {
        base.AfterAll();
        _disk.Delete(recursive: true);
    }

    [Fact]
    public async Task A_second_job_waits_until_the_first_has_ended_and_its_client_follows_it_all_the_time()
    {
        var first = await Submit("first");
        var second = await Submit("second");
        await Waits(second, "job 1 ('first') runs");
        (await List()).ShouldBe([("1", JobPhase.WaitingForWorkers), ("2", JobPhase.Queued)]);

        first.Send(_coordinator, new ClientProtocol.CancelJob("1"));

        (await Message<ClientProtocol.Adopted>(second)).JobId.ShouldBe("2");
        second.LastSender.Tell(new ClientProtocol.Follow("2"), second.Ref);
        await Progress(second, JobPhase.WaitingForWorkers, "waiting for");
        (await List()).ShouldBe([("2", JobPhase.WaitingForWorkers), ("1", JobPhase.Canceled)]);
    }

    [Fact]
    public async Task A_job_that_waits_is_followed_and_canceled_as_one_that_runs()
    {
        await Submit("first");
        var (second, other) = (await Submit("second"), CreateTestProbe());
        other.Send(_coordinator, new ClientProtocol.Follow("2"));
        (await other.ExpectMsgAsync<ClientProtocol.Accepted>()).JobId.ShouldBe("2");
        other.LastSender.Tell(new ClientProtocol.Pause(), other.Ref);
        (await Message<ClientProtocol.Rejected>(other)).Reason.ShouldBe("the job waits for its turn");

        other.Send(_coordinator, new ClientProtocol.CancelJob("2"));

        await Message<ClientProtocol.Canceling>(other);
        (await Message<ClientProtocol.Failed>(other)).IsCanceled.ShouldBeTrue();
        (await Message<ClientProtocol.Failed>(second)).IsCanceled.ShouldBeTrue();
        (await List()).ShouldBe([("1", JobPhase.WaitingForWorkers), ("2", JobPhase.Canceled)]);
    }

    [Fact]
    public async Task A_job_whose_client_is_gone_before_it_knows_of_it_waits_no_more()
    {
        await Submit("first");
        var gone = CreateTestProbe();
        gone.Send(_coordinator, Submission("gone"));
        await gone.ExpectMsgAsync<ClientProtocol.Accepted>();
        Sys.Stop(gone.Ref);
        await AwaitAssertAsync(async () =>
            (await List()).ShouldBe([("1", JobPhase.WaitingForWorkers), ("2", JobPhase.Canceled)])
        );
    }

    [Fact]
    public async Task A_job_whose_client_is_gone_before_it_knows_of_it_ends_also_when_its_turn_has_come()
    {
        var first = await Submit("first");
        var gone = CreateTestProbe();
        gone.Send(_coordinator, Submission("gone"));
        await gone.ExpectMsgAsync<ClientProtocol.Accepted>();
        first.Send(_coordinator, new ClientProtocol.CancelJob("1"));
        await Message<ClientProtocol.Adopted>(gone);
        Sys.Stop(gone.Ref);
        await AwaitAssertAsync(async () =>
            (await List()).ShouldBe([("2", JobPhase.Canceled), ("1", JobPhase.Canceled)])
        );
    }

    [Fact]
    public async Task A_job_that_follows_one_that_is_canceled_fails_and_says_why()
    {
        var first = await Submit("first");
        var second = await Submit("second", job => job with { After = "1" });
        await Waits(second, "waiting for job 1 to complete");
        first.Send(_coordinator, new ClientProtocol.CancelJob("1"));
        (await Message<ClientProtocol.Failed>(second)).Reason.ShouldBe("job 1, which it is to follow, was canceled");
    }

    [Fact]
    public async Task A_job_that_is_to_follow_an_unknown_one_is_refused()
    {
        var client = CreateTestProbe();
        client.Send(_coordinator, Submission("second", job => job with { After = "7" }));
        var refused = await client.ExpectMsgAsync<ClientProtocol.Rejected>();
        (refused.Reason, refused.Kind).ShouldBe(
            ("there is no job 7, which it is to follow", ClientProtocol.Rejection.Invalid)
        );
    }

    [Fact]
    public async Task A_cluster_with_too_many_jobs_that_wait_refuses_another()
    {
        for (var i = 0; i <= JobQueue.Most; i++)
            await Submit($"{i}");
        var client = CreateTestProbe();
        client.Send(_coordinator, Submission("one more"));
        (await client.ExpectMsgAsync<ClientProtocol.Rejected>()).Kind.ShouldBe(ClientProtocol.Rejection.Busy);
    }

    [Fact]
    public async Task A_job_that_waits_too_long_for_workers_fails_and_the_next_begins()
    {
        var first = await Submit(
            "first",
            job => job with { MinimumWorkers = 2, MinimumWorkersTimeout = TimeSpan.FromMilliseconds(300) }
        );
        var second = await Submit("second");
        (await Message<ClientProtocol.Failed>(first)).Reason.ShouldStartWith("waiting for a node with the role server");
        await Message<ClientProtocol.Adopted>(second);
    }

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
        var node = Node("s:1");
        await node.ExpectMsgAsync<PendingJobProtocol.GetKnown>();
        node.Reply(new PendingJobProtocol.Known([Known("7-1") with { HasBegun = true }]));
        await node.ExpectMsgAsync<PendingJobProtocol.Keep>();
        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.Follow("7-1"));
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
    public async Task A_job_that_is_canceled_while_its_beginning_is_prepared_does_not_begin()
    {
        await Submit("first");
        await Submit("second");
        var canceled = new JobPreparation.Submitted(Known("2"), Client: null);
        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.CancelJob("2"));
        await client.ExpectMsgAsync<ClientProtocol.Canceling>();
        client.Send(_coordinator, new ClientProtocol.CancelJob("1"));
        await client.ExpectMsgAsync<ClientProtocol.Canceling>();
        _coordinator.Tell(new JobPreparation.Ready(canceled, Resumed: null));
        await AwaitAssertAsync(async () =>
            (await List()).Select(job => job.Item2).ShouldBe([JobPhase.Canceled, JobPhase.Canceled])
        );
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
        await Waits(client, "its coordinator and its shards are lost, and no node that is here has its checkpoints in");
    }

    internal static PendingJob Known(string id) =>
        new(id, Jobs.Create() with { Name = "known" }, new JobSubmission("", DateTimeOffset.UnixEpoch), id);

    private TestProbe Node(string name)
    {
        var pending = CreateTestProbe();
        _coordinator.Tell(
            new NodeProtocol.Enrol(name, [NodeRoles.Server], Worker: null, Server: null, Pending: pending)
        );
        return pending;
    }

    private static ClientProtocol.Submit Submission(string name, Func<JobOptions, JobOptions>? change = null) =>
        new((change ?? (job => job))(Jobs.Create() with { Name = name }), "ann@desk");

    private async Task<TestProbe> Submit(string name, Func<JobOptions, JobOptions>? change = null)
    {
        var client = CreateTestProbe();
        client.Send(_coordinator, Submission(name, change));
        var accepted = await client.ExpectMsgAsync<ClientProtocol.Accepted>();
        client.LastSender.Tell(new ClientProtocol.Follow(accepted.JobId), client.Ref);
        return client;
    }

    private static async Task<T> Message<T>(TestProbe client, TimeSpan? within = null) =>
        (T)await client.FishForMessageAsync(message => message is T, within ?? TimeSpan.FromSeconds(10));

    private static Task Waits(TestProbe client, string reason) => Progress(client, JobPhase.Queued, reason);

    // The first reason that a client is told may be that of a moment ago.
    private static async Task Progress(TestProbe client, JobPhase phase, string reason) =>
        await client.FishForMessageAsync(
            message =>
                message is ClientProtocol.Progressed { Progress: var progress }
                && progress.Phase == phase
                && progress.Reason.StartsWith(reason, StringComparison.Ordinal),
            TimeSpan.FromSeconds(10)
        );

    private async Task<IEnumerable<(string, JobPhase)>> List()
    {
        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.GetJobs());
        return (await client.ExpectMsgAsync<ClientProtocol.Jobs>()).All.Select(job => (job.JobId, job.Phase));
    }
}
