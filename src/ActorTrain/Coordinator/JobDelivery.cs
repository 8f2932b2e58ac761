using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// The result of a job, on its way to the clients that follow it and to the nodes that keep it. The job is closed when
/// all of them have it.
/// </summary>
/// <param name="followers">The clients.</param>
/// <param name="results">The nodes.</param>
/// <param name="close">Closes the job.</param>
/// <param name="system">The actor system.</param>
/// <param name="self">The job's actor.</param>
/// <param name="log">The job's log.</param>
internal sealed class JobDelivery(
    JobFollowers followers,
    JobResults results,
    Action<JobSummary> close,
    ActorSystem system,
    IActorRef self,
    ILoggingAdapter log
)
{
    private readonly HashSet<IActorRef> _served = [];
    private ClientProtocol.Finished? _finished;
    private JobSummary? _summary;

    /// <param name="summary">How the job has ended.</param>
    /// <param name="finished">Its result.</param>
    public void Begin(JobSummary summary, ClientProtocol.Finished finished)
    {
        (_summary, _finished) = (summary, finished);
        foreach (var client in followers.Clients)
            Send(client);
        results.Keep(summary, new(finished.Report, finished.Model, finished.Shards, finished.Buffers));
    }

    /// <summary>A message of a client, of a node that keeps the result, or that time has passed.</summary>
    public void Handle(object message, IActorRef sender)
    {
        switch (message)
        {
            case ClientProtocol.Follow follow:
                // It is new, or has missed the result.
                if (followers.Follow(sender) && !follow.IsFetching)
                    Send(sender);
                return;
            case ClientProtocol.WeightsFetched:
                _served.Add(sender);
                followers.Unfollow(sender);
                break;
            case ClientProtocol.Unfollow:
                followers.Unfollow(sender);
                break;
            case ResultProtocol.Kept:
                results.Kept(sender);
                break;
            case ResultProtocol.NotKept notKept:
                results.NotKept(sender, notKept.Reason);
                break;
            case NodeProtocol.NodeLost lost:
                results.Lost(lost.Node);
                break;
        }
        CloseIfOver();
    }

    private void CloseIfOver()
    {
        followers.Expire();
        results.Tick();
        if (followers.Clients.Length > 0 || !results.AreOver)
            return;
        if (results.Loss is { } reason)
            log.ResultNotKept(_summary!.JobId, reason);
        close(_summary! with { KeptBy = results.KeptBy });
        // On this message a client may submit the next job: the coordinator must be free before.
        foreach (var client in _served)
            client.Tell(new ClientProtocol.Closed(), self);
    }

    private void Send(IActorRef client) => client.TellInPages(system, _finished!, self);
}
