using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Jobs that wait for their turn at the coordinator.</summary>
public sealed class JobQueueTests : JobQueueTestBase
{
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
}
