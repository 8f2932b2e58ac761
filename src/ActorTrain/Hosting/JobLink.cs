using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>
/// A client's link to the actor of its job: passes the job's progress on, and says every few seconds that the client
/// follows. Where the job is silent, it asks the cluster for it.
/// </summary>
/// <param name="contact">Finds the coordinator again.</param>
/// <param name="output">Where progress goes.</param>
/// <param name="context">The client's actor.</param>
internal sealed class JobLink(ClusterContact contact, ClientOutput output, IActorContext context)
{
    private const int MostFetches = 3;
    private readonly JobSearch _search = new(() => context.System.Scheduler.MonotonicClock);
    private FollowedJob _followed = new();
    private ClientProtocol.Accepted? _accepted;
    private bool _isCanceling;
    private bool _isFetching;
    private int _lostFetches;

    /// <summary>The actor of the job; Nobody before it is accepted.</summary>
    public IActorRef Job { get; private set; } = ActorRefs.Nobody;

    /// <summary>Whether another coordinator could go on with the job.</summary>
    public bool CanMove { get; set; }

    /// <summary>Why the client gives up; null while it does not.</summary>
    public string? Failure => _search.Failure;

    /// <summary>The job is accepted, or another client's is followed.</summary>
    /// <param name="accepted">The job.</param>
    /// <param name="job">Its actor.</param>
    /// <param name="isConfirmed">Whether the job knows that this client knows of it.</param>
    public void Begin(ClientProtocol.Accepted accepted, IActorRef job, bool isConfirmed)
    {
        (_accepted, _search.JobId) = (accepted, accepted.JobId);
        Follow(job);
        if (isConfirmed)
            Confirm();
    }

    /// <summary>A job's actor says that the client follows it.</summary>
    public void Accepted(IActorRef job)
    {
        if (job.Equals(Job))
            Confirm();
        else
            Follow(job);
    }

    /// <summary>Follows the job at an actor, which may know less of its history than the one before.</summary>
    public void Follow(IActorRef job)
    {
        // A remote job is not watched: a link that is down for a while would part the two systems for good.
        if (Job.Path.Address.HasLocalScope)
            context.Unwatch(Job);
        (Job, _followed, _isFetching) = (job, new FollowedJob(), false);
        if (job.Path.Address.HasLocalScope)
            context.Watch(job);
        _search.Heard();
        Say();
        // The request may have gone to the coordinator that was lost.
        if (_isCanceling)
            Cancel();
    }

    /// <summary>A job's actor tells its progress.</summary>
    public void Progressed(ClientProtocol.Progressed progressed, IActorRef job)
    {
        // Another coordinator's word that it has adopted the job may have been lost.
        if (!job.Equals(Job) && _search.IsDue)
            Follow(job);
        // One that was frozen may still speak.
        if (!job.Equals(Job))
            return;
        _search.Heard();
        Confirm();
        contact.Remember(progressed.Nodes);
        CanMove = progressed.CanMove;
        Show(_followed.Add(progressed.Progress, progressed.History));
    }

    /// <summary>More of the job's history.</summary>
    public void Continued(ClientProtocol.HistoryContinued continued) => Show(_followed.Add(continued.History));

    /// <summary>Receives the result of the job, from it or from a node that keeps it.</summary>
    public void Fetch(IActorRef job)
    {
        (Job, _isFetching) = (job, true);
        Confirm();
    }

    /// <summary>The weights could not be fetched: the job, another that has adopted it, or a node that keeps its result
    /// is asked for it again.</summary>
    /// <param name="reason">Why, as a clause.</param>
    /// <param name="isCanceled">Whether the job was canceled.</param>
    /// <returns>Whether there is another attempt.</returns>
    public bool FetchAgain(string reason, bool isCanceled)
    {
        (_isFetching, _isCanceling) = (false, _isCanceling || isCanceled);
        _search.LoseResult(reason);
        return ++_lostFetches < MostFetches;
    }

    public void Cancel()
    {
        _isCanceling = true;
        Job.Tell(new ClientProtocol.Cancel());
    }

    /// <summary>The coordinator is lost, and another is to go on.</summary>
    public void Lose() => _search.Lost();

    /// <summary>A coordinator does not know the job.</summary>
    public void Unknown() => _search.Unknown();

    /// <summary>A coordinator is found.</summary>
    public void Found(IActorRef coordinator) => coordinator.Tell(new ClientProtocol.Follow(_search.JobId));

    /// <summary>Says that the client follows the job, and asks the cluster for it where it is silent.</summary>
    public void Keep()
    {
        Say();
        if (_isFetching)
            return;
        // The first may have been lost with a link or a coordinator.
        if (_isCanceling)
            Cancel();
        if (!_search.IsDue)
            return;
        contact.FindAsync().PipeTo(context.Self);
        if (_search.Reason is { } reason && _followed.Waiting(reason) is { } progress)
            output.Progress.TryWrite(progress);
    }

    private void Say() => Job.Tell(new ClientProtocol.Follow(_search.JobId, _isFetching));

    private void Confirm() => output.Accepted.TrySetResult(_accepted!);

    private void Show(FollowedJob.Step step)
    {
        if (step.Confirmed is { } entries)
            Job.Tell(new ClientProtocol.HistoryReceived(entries));
        if (step.Progress is { } progress)
            output.Progress.TryWrite(progress);
    }
}
