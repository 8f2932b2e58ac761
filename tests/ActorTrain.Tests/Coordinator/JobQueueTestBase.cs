using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>A coordinator without workers: the first job never trains, and others wait.</summary>
public abstract class JobQueueTestBase : ActorTests
{
    private protected readonly IActorRef _coordinator;
    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("actortrain-test-");
    private int _jobs;

    protected JobQueueTestBase() =>
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

    internal static PendingJob Known(string id) =>
        new(id, Jobs.Create() with { Name = "known" }, new JobSubmission("", DateTimeOffset.UnixEpoch), id);

    private protected TestProbe Node(string name)
    {
        var pending = CreateTestProbe();
        _coordinator.Tell(
            new NodeProtocol.Enrol(name, [NodeRoles.Server], Worker: null, Server: null, Pending: pending)
        );
        return pending;
    }

    private protected static ClientProtocol.Submit Submission(
        string name,
        Func<JobOptions, JobOptions>? change = null
    ) => new((change ?? (job => job))(Jobs.Create() with { Name = name }), "ann@desk");

    private protected async Task<TestProbe> Submit(string name, Func<JobOptions, JobOptions>? change = null)
    {
        var client = CreateTestProbe();
        client.Send(_coordinator, Submission(name, change));
        var accepted = await client.ExpectMsgAsync<ClientProtocol.Accepted>();
        client.LastSender.Tell(new ClientProtocol.Follow(accepted.JobId), client.Ref);
        return client;
    }

    private protected static async Task<T> Message<T>(TestProbe client, TimeSpan? within = null) =>
        (T)await client.FishForMessageAsync(message => message is T, within ?? TimeSpan.FromSeconds(10));

    private protected static Task Waits(TestProbe client, string reason) => Progress(client, JobPhase.Queued, reason);

    // The first reason that a client is told may be that of a moment ago.
    private protected static async Task Progress(TestProbe client, JobPhase phase, string reason) =>
        await client.FishForMessageAsync(
            message =>
                message is ClientProtocol.Progressed { Progress: var progress }
                && progress.Phase == phase
                && progress.Reason.StartsWith(reason, StringComparison.Ordinal),
            TimeSpan.FromSeconds(10)
        );

    private protected async Task<IEnumerable<(string, JobPhase)>> List()
    {
        var client = CreateTestProbe();
        client.Send(_coordinator, new ClientProtocol.GetJobs());
        return (await client.ExpectMsgAsync<ClientProtocol.Jobs>()).All.Select(job => (job.JobId, job.Phase));
    }
}
