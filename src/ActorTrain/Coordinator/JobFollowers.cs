using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// The clients that follow a job: each gets its progress, its events and its result. A client says every few seconds
/// that it follows. One that is silent gets nothing more until it says so again; the job goes on without it.
/// </summary>
/// <param name="start">The job.</param>
/// <param name="system">The actor system.</param>
/// <param name="self">The job's actor, which clients answer.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class JobFollowers(JobStart start, ActorSystem system, IActorRef self, Func<TimeSpan> clock)
{
    /// <summary>The silence after which a client follows no more.</summary>
    public static readonly TimeSpan Timeout = ClientProtocol.FollowInterval * 5;

    // Each gets all that the job tells, and a snapshot names them all.
    private const int Most = 64;

    // By one of them a client finds the job again.
    private const int MostNodes = 16;

    private readonly Dictionary<IActorRef, Follower> _followers = start.Followers.ToDictionary(
        client => client,
        _ => new Follower { HeardAt = clock() }
    );

    private TimeSpan _expiredAt = clock();

    // The client that has submitted the job, until it says that it knows of it.
    private IActorRef? _submitter = start.Submitter;

    private sealed class Follower
    {
        public TimeSpan HeardAt { get; set; }

        public int Received { get; set; }
    }

    /// <summary>The clients.</summary>
    public IActorRef[] Clients => [.. _followers.Keys];

    /// <summary>The client that has submitted the job and has not said yet that it knows of it; null for none.
    /// </summary>
    public IActorRef? Unconfirmed => _submitter;

    /// <summary>What a client says.</summary>
    public void Handle(ClientProtocol.IFollowerMessage message, IActorRef client)
    {
        switch (message)
        {
            case ClientProtocol.Follow:
                Follow(client);
                break;
            case ClientProtocol.Unfollow:
                Unfollow(client);
                break;
            case ClientProtocol.HistoryReceived received:
                HistoryReceived(received.First, client);
                break;
        }
    }

    /// <summary>A client follows the job, or still does.</summary>
    /// <returns>Whether it does: not more than so many may.</returns>
    public bool Follow(IActorRef client)
    {
        if (_followers.TryGetValue(client, out var known))
        {
            known.HeardAt = clock();
            if (client.Equals(_submitter))
                Accept(client);
            _submitter = null;
            return true;
        }
        if (_followers.Count == Most)
        {
            client.Tell(new ClientProtocol.Rejected($"{Most} clients follow the job already"), self);
            return false;
        }
        _followers.Add(client, new Follower { HeardAt = clock() });
        Accept(client);
        return true;
    }

    /// <summary>The job begins: the client that has submitted it follows it from the beginning, and those that have
    /// followed it before are told that another actor is its own.</summary>
    /// <param name="watch">Watches the client that has submitted it.</param>
    public void Begin(Action<IActorRef> watch)
    {
        Tell(new ClientProtocol.Adopted(start.JobId));
        if (_submitter is null)
            return;
        watch(_submitter);
        _followers[_submitter] = new Follower { HeardAt = clock() };
        Accept(_submitter);
    }

    private void Accept(IActorRef client) =>
        client.TellInPages(system, new ClientProtocol.Accepted(start.JobId, start.Job), self);

    /// <summary>A client follows the job no more.</summary>
    public void Unfollow(IActorRef client) => _followers.Remove(client);

    /// <summary>Clients that have been silent for too long follow the job no more.</summary>
    public void Expire()
    {
        // A coordinator that was frozen has not read yet what clients said meanwhile.
        var wasFrozen = clock() - _expiredAt > Timeout;
        _expiredAt = clock();
        if (wasFrozen)
            foreach (var follower in _followers.Values)
                follower.HeardAt = clock();
        foreach (var (client, _) in _followers.Where(follower => clock() - follower.Value.HeardAt > Timeout).ToList())
            _followers.Remove(client);
    }

    public void Tell(object message)
    {
        foreach (var client in _followers.Keys)
            client.Tell(message, self);
    }

    /// <param name="progress">How far the job is.</param>
    /// <param name="canMove">Whether another coordinator could go on with it, or say why not.</param>
    /// <param name="nodes">Nodes of the cluster.</param>
    public void Progressed(JobProgress progress, bool canMove, IEnumerable<NodeProtocol.Enrol> nodes)
    {
        Expire();
        string[] names = [.. nodes.Select(node => node.Node).Take(MostNodes)];
        start.History.Update(progress.CompletedEpochs, progress.Events);
        var withoutHistory = progress with { CompletedEpochs = [], Events = [] };
        foreach (var (client, follower) in _followers)
            client.TellInPages(
                system,
                new ClientProtocol.Progressed(
                    withoutHistory,
                    canMove || start.Job.Checkpoint.Every.IsOn,
                    start.History.PageFrom(follower.Received),
                    names
                ),
                self
            );
    }

    // It gets the next page.
    private void HistoryReceived(int first, IActorRef client)
    {
        if (_followers.TryGetValue(client, out var follower))
            follower.Received = first;
        if (first < start.History.Count)
            client.Tell(new ClientProtocol.HistoryContinued(start.History.PageFrom(first)), self);
    }

    /// <summary>A client asks where the weights are.</summary>
    public void LocateWeights(IActorRef client, Admission admission, ShardPlacementActor.Placed placed) =>
        client.TellInPages(
            system,
            new ClientProtocol.WeightsLocated(admission.Model, admission.DatasetSummary, placed.Places, placed.Buffers),
            self
        );
}
