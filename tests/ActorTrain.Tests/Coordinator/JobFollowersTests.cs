using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Whom a job tells what it does.</summary>
public sealed class JobFollowersTests : ActorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly ClientProtocol.Moving Told = new();
    private readonly TestProbe _client;
    private readonly JobFollowers _followers;
    private TimeSpan _now;

    public JobFollowersTests()
    {
        _client = CreateTestProbe();
        var submitted = new JobPreparation.Submitted(
            new PendingJob("1-1", Jobs.Create(), new JobSubmission("ann@desk", DateTimeOffset.UnixEpoch), Run: "1-1"),
            _client
        );
        _followers = new JobFollowers(
            JobStart.Submitted(new JobPreparation.Ready(submitted, Resumed: null), followers: [], _now),
            Sys,
            TestActor,
            () => _now
        );
    }

    [Fact]
    public async Task The_client_that_submits_a_job_follows_it_from_the_beginning_and_is_confirmed_once()
    {
        _followers.Begin(submitter => submitter.ShouldBe(_client.Ref));
        _followers.Tell(Told);
        Follow(_client);
        Follow(_client);
        _followers.Tell(Told);
        await _client.ExpectMsgAsync<ClientProtocol.Accepted>();
        await _client.ExpectMsgAsync(Told);
        await _client.ExpectMsgAsync<ClientProtocol.Accepted>();
        await _client.ExpectMsgAsync(Told);
    }

    [Fact]
    public async Task A_silent_client_gets_nothing_more_until_it_says_that_it_follows()
    {
        Follow(_client);
        await _client.ExpectMsgAsync<ClientProtocol.Accepted>();
        for (var second = 0; second <= JobFollowers.Timeout.TotalSeconds; second++)
        {
            _followers.Expire();
            _followers.Clients.ShouldBe([_client.Ref]);
            _now += Second;
        }
        _followers.Expire();
        _followers.Clients.ShouldBeEmpty();

        Follow(_client);
        (await _client.ExpectMsgAsync<ClientProtocol.Accepted>()).JobId.ShouldBe("1-1");
    }

    [Fact]
    public void A_job_that_was_frozen_gives_its_clients_time_to_say_so()
    {
        Follow(_client);
        _now += 10 * JobFollowers.Timeout;
        _followers.Expire();
        _followers.Clients.ShouldBe([_client.Ref]);
    }

    [Fact]
    public async Task Each_client_gets_the_history_from_its_beginning()
    {
        Follow(_client);
        Progressed(events: 1);
        (await Progress(_client)).History.First.ShouldBe(0);
        _followers.Handle(new ClientProtocol.HistoryReceived(1), _client);
        var later = CreateTestProbe();
        Follow(later);
        Progressed(events: 2);
        ((await Progress(_client)).History.First, (await Progress(later)).History.First).ShouldBe((1, 0));
    }

    [Fact]
    public async Task More_than_64_clients_are_refused()
    {
        for (var i = 0; i < 64; i++)
            Follow(Sys.ActorOf(Akka.Actor.Props.Empty));
        Follow(_client);
        (await _client.ExpectMsgAsync<ClientProtocol.Rejected>()).Reason.ShouldBe("64 clients follow the job already");
    }

    private void Follow(IActorRef client) => _followers.Handle(new ClientProtocol.Follow("1-1"), client);

    private void Progressed(int events)
    {
        var raised = new SupervisionEvent(Second, "kind", "node", "reason", "action");
        var progress = new JobRecord(Jobs.Create(), _now).Progress(JobPhase.Training, "", epoch: 1, _now);
        _followers.Progressed(
            progress with
            {
                Events = [.. Enumerable.Repeat(raised, events)],
            },
            canMove: true,
            nodes: []
        );
    }

    private static async Task<ClientProtocol.Progressed> Progress(TestProbe client) =>
        (ClientProtocol.Progressed)await client.FishForMessageAsync(message => message is ClientProtocol.Progressed);
}
