using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Which jobs the coordinator accepts, and when: there are no workers, so each job waits for some.</summary>
public sealed class CoordinatorActorTests : ActorTests
{
    internal static readonly CoordinatorOptions Options = new(
        TimeSpan.FromMilliseconds(50),
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMilliseconds(300),
        StandbyShare: 0.03
    );

    private readonly IActorRef _coordinator;
    private int _jobs;

    public CoordinatorActorTests() =>
        _coordinator = Sys.ActorOf(
            CoordinatorActor.Props(
                new CoordinatorContext(
                    Options,
                    "c:1",
                    () => $"job {++_jobs}",
                    Akka.Actor.Props.Empty,
                    actor => actor.Path.Name,
                    Algorithms.BuiltIn
                )
            )
        );

    [Theory]
    [InlineData("epochs is 0 (JobOptions.Epochs); it must be 1 or more")]
    [InlineData("batch-size is -1 (JobOptions.BatchSize); it must be 1 or more")]
    [InlineData("learning-rate is NaN (JobOptions.Optimizer.LearningRate)")]
    [InlineData("gradient-clip-norm is Infinity (JobOptions.GradientClipNorm)")]
    [InlineData("JobOptions.Schedule is null; it must be given")]
    public async Task Invalid_options_of_a_submitted_job_are_refused(string sentence)
    {
        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.Submit(Invalid(sentence)));
        (await client.ExpectMsgAsync<ClientProtocol.Rejected>()).Reason.ShouldContain(sentence);
    }

    [Fact]
    public async Task Any_client_can_cancel_a_job_and_its_own_client_is_told()
    {
        var (client, other) = (await SubmitAsync(), CreateTestProbe());
        other.Send(_coordinator, new ClientProtocol.CancelJob());
        await other.ExpectMsgAsync<ClientProtocol.Canceling>();
        (await EndAsync(client)).IsCanceled.ShouldBeTrue();
        other.Send(_coordinator, new ClientProtocol.GetStatus());
        (await other.ExpectMsgAsync<ClientProtocol.Status>()).Cluster.Job!.Phase.ShouldBe(JobPhase.Canceled);
        other.Send(_coordinator, new ClientProtocol.CancelJob());
        (await other.ExpectMsgAsync<ClientProtocol.Rejected>()).Reason.ShouldBe("no job runs on this cluster");
    }

    [Fact]
    public async Task A_client_whose_job_has_ended_can_submit_the_next_at_once()
    {
        for (var i = 0; i < 100; i++)
        {
            var client = await SubmitAsync();
            client.Send(_coordinator, new ClientProtocol.CancelJob());
            await EndAsync(client);
        }
    }

    [Fact]
    public async Task A_job_goes_on_when_its_client_is_gone()
    {
        var client = await SubmitAsync();
        Sys.Stop(client.Ref);
        await WatchAsync(client.Ref);
        await ExpectTerminatedAsync(client.Ref);
        var other = CreateTestProbe();
        other.Send(_coordinator, new ClientProtocol.Follow(Running));
        await other.ExpectMsgAsync<ClientProtocol.Accepted>();
        other.Send(_coordinator, new ClientProtocol.GetJobs());
        ((ClientProtocol.Jobs)await other.FishForMessageAsync(message => message is ClientProtocol.Jobs))
            .All.ShouldHaveSingleItem()
            .Phase.ShouldBe(JobPhase.WaitingForWorkers);
    }

    [Fact]
    public async Task A_job_whose_client_is_gone_before_it_knows_of_it_ends()
    {
        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.Submit(Jobs.Create()));
        await client.ExpectMsgAsync<ClientProtocol.Accepted>();
        Sys.Stop(client.Ref);
        await AwaitAssertAsync(async () => await SubmitAsync());
    }

    [Fact]
    public async Task A_job_whose_client_is_gone_before_it_begins_ends()
    {
        var client = CreateTestProbe();
        Sys.Stop(client.Ref);
        await WatchAsync(client.Ref);
        await ExpectTerminatedAsync(client.Ref);
        _coordinator.Tell(new ClientProtocol.Submit(Jobs.Create()), client.Ref);
        await AwaitAssertAsync(async () => await SubmitAsync());
    }

    [Fact]
    public async Task All_clients_that_follow_a_job_are_told_how_it_ends_and_later_ones_too()
    {
        var (client, other) = (await SubmitAsync(), CreateTestProbe());
        other.Send(_coordinator, new ClientProtocol.Follow(Running));
        (await other.ExpectMsgAsync<ClientProtocol.Accepted>()).JobId.ShouldBe(Running);
        client.Send(_coordinator, new ClientProtocol.CancelJob(Running));
        (await EndAsync(client)).IsCanceled.ShouldBeTrue();
        (await EndAsync(other)).Reason.ShouldBe("the job was canceled before training began");

        var later = CreateTestProbe();
        later.Send(_coordinator, new ClientProtocol.Follow(Running));
        (await EndAsync(later)).Reason.ShouldBe("the job was canceled before training began");
        later.Send(_coordinator, new ClientProtocol.GetJobs());
        var ended = (await later.ExpectMsgAsync<ClientProtocol.Jobs>()).All.ShouldHaveSingleItem();
        (ended.JobId, ended.Phase, ended.Submitter).ShouldBe((Running, JobPhase.Canceled, "ann@desk"));
    }

    [Theory]
    [InlineData("1-1")]
    [InlineData("../job 1")]
    public async Task A_job_that_does_not_exist_is_not_followed_and_not_canceled(string id)
    {
        var client = await SubmitAsync();
        foreach (var request in new object[] { new ClientProtocol.Follow(id), new ClientProtocol.CancelJob(id) })
        {
            client.Send(_coordinator, request);
            var refused = (ClientProtocol.Rejected)
                await client.FishForMessageAsync(message => message is ClientProtocol.Rejected);
            refused.Kind.ShouldBe(ClientProtocol.Rejection.Unknown);
        }
    }

    [Fact]
    public async Task The_jobs_that_nodes_have_kept_are_listed_and_their_results_opened_there()
    {
        var (client, results) = (CreateTestProbe(), CreateTestProbe());
        _coordinator.Tell(
            new NodeProtocol.Enrol("s:1", [NodeRoles.Server], Worker: null, Server: null, Results: results)
        );
        await results.ExpectMsgAsync<ResultProtocol.GetKept>();
        results.Reply(new ResultProtocol.KeptJobs([Kept("7-1", "s:1"), Kept("7-2", "s:9")]));

        client.Send(_coordinator, new ClientProtocol.Follow("7-1"));
        (await results.ExpectMsgAsync<ResultProtocol.Open>()).JobId.ShouldBe("7-1");
        results.LastSender.ShouldBe(client.Ref);
        client.Send(_coordinator, new ClientProtocol.Follow("7-2"));
        (await client.ExpectMsgAsync<ClientProtocol.Rejected>()).Reason.ShouldBe(
            "the result of job 7-2 is kept by s:9, and no such node is here"
        );

        static JobSummary Kept(string id, string node) =>
            new(id, "digits", JobPhase.Completed, "", "", default, default(DateTimeOffset), 1, 1) { KeptBy = [node] };
    }

    [Fact]
    public async Task Nodes_lost_since_the_job_began_stay_in_the_status_beside_their_restarts()
    {
        Enrol();
        await SubmitAsync();
        (await NodesAsync()).ShouldBe([(0, null)]);
        Enrol();
        (await NodesAsync()).ShouldBe([(1, null), (0, "it was started again")]);
        _coordinator.Tell(new NodeProtocol.NodeLost("w:1", "its process is gone"));
        Enrol();
        (await NodesAsync()).ShouldBe([(2, null), (0, "it was started again"), (1, "its process is gone")]);

        // Each with a host of its own, as another process has.
        void Enrol() =>
            CreateTestProbe()
                .Send(_coordinator, new NodeProtocol.Enrol("w:1", [NodeRoles.Worker], CreateTestProbe(), Server: null));
    }

    [Fact]
    public async Task The_loss_of_a_process_does_not_remove_its_successor_at_the_same_address()
    {
        await SubmitAsync();
        foreach (var uid in new[] { 1, 2 })
            _coordinator.Tell(new NodeProtocol.Enrol("w:1", [NodeRoles.Worker], CreateTestProbe(), Server: null, uid));
        _coordinator.Tell(new NodeProtocol.NodeLost("w:1", "it left the cluster", Uid: 1));
        (await NodesAsync()).ShouldBe([(1, null), (0, "it was started again")]);
        _coordinator.Tell(new NodeProtocol.NodeLost("w:1", "it left the cluster", Uid: 2));
        (await NodesAsync()).ShouldBe([(0, "it was started again"), (1, "it left the cluster")]);
    }

    [Fact]
    public async Task The_status_tells_nodes_that_hand_over_have_left_and_are_lost_apart()
    {
        await SubmitAsync();
        foreach (var name in new[] { "a:1", "b:1", "c:1", "d:1" })
            CreateTestProbe()
                .Send(_coordinator, new NodeProtocol.Enrol(name, [NodeRoles.Worker], CreateTestProbe(), Server: null));
        _coordinator.Tell(new NodeProtocol.Leaving("a:1"));
        _coordinator.Tell(new NodeProtocol.Leaving("b:1"));
        _coordinator.Tell(new NodeProtocol.NodeLost("b:1", "it left the cluster", HasLeft: true));
        _coordinator.Tell(new NodeProtocol.NodeLost("c:1", "its process is gone"));
        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.GetStatus());
        (await client.ExpectMsgAsync<ClientProtocol.Status>())
            .Cluster.Nodes.OrderBy(node => node.Node)
            .Select(node => node.State)
            .ShouldBe([NodeState.Draining, NodeState.Left, NodeState.Lost, NodeState.Present]);
    }

    private async Task<IEnumerable<(int Restarts, string? Absence)>> NodesAsync()
    {
        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.GetStatus());
        var status = await client.ExpectMsgAsync<ClientProtocol.Status>();
        return status.Cluster.Nodes.Select(node => (node.Restarts, node.Absence));
    }

    private static JobOptions Invalid(string sentence) =>
        sentence.Split(' ')[0] switch
        {
            "epochs" => Jobs.Create() with { Epochs = 0 },
            "batch-size" => Jobs.Create() with { BatchSize = -1 },
            "learning-rate" => Jobs.Create() with { Optimizer = Jobs.Sgd(float.NaN) },
            "gradient-clip-norm" => Jobs.Create() with { GradientClipNorm = float.PositiveInfinity },
            _ => Jobs.Create() with { Schedule = null! },
        };

    private string Running => $"job {_jobs}";

    private async Task<TestProbe> SubmitAsync()
    {
        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.Submit(Jobs.Create(), "ann@desk"));
        (await client.ExpectMsgAsync<object>()).ShouldBeOfType<ClientProtocol.Accepted>();
        client.Reply(new ClientProtocol.Follow(Running));
        await client.ExpectMsgAsync<ClientProtocol.Accepted>();
        return client;
    }

    private static async Task<ClientProtocol.Failed> EndAsync(TestProbe client) =>
        (ClientProtocol.Failed)await client.FishForMessageAsync(message => message is ClientProtocol.Failed);
}
