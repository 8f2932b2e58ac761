using ActorTrain.Job;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Requests of clients, which go to the actor of their job or to a node that keeps its result.</summary>
/// <param name="list">The job that trains, and those that have ended.</param>
/// <param name="queue">The jobs that wait.</param>
/// <param name="pending">All jobs that have not ended.</param>
/// <param name="nodes">The nodes.</param>
/// <param name="coordinator">The coordinator, which answers.</param>
internal sealed class JobRequests(
    JobList list,
    JobQueue queue,
    PendingJobs pending,
    EnrolledNodes nodes,
    IActorRef coordinator
)
{
    /// <summary>Why a job is not accepted; null where it is.</summary>
    /// <param name="job">The job.</param>
    /// <param name="algorithms">The algorithms that jobs may name.</param>
    public ClientProtocol.Rejected? RefusalOf(JobOptions job, Algorithms algorithms)
    {
        var reason =
            AlgorithmChecks.RefusalOf(job, algorithms)
            ?? AlgorithmChecks.LackOf(job, [.. nodes.Present.Select(joined => joined.Node)])
            ?? queue.RefusalOf(job)
            ?? pending.RefusalOf(job);
        return reason is not null ? new(reason, ClientProtocol.Rejection.Invalid)
            : queue.IsFull ? new($"{JobQueue.Most} jobs wait on this cluster already", ClientProtocol.Rejection.Busy)
            : null;
    }

    /// <param name="follow">The request.</param>
    /// <param name="client">The client.</param>
    /// <param name="training">The job that trains; null where none does.</param>
    public void Follow(ClientProtocol.Follow follow, IActorRef client, IActorRef? training)
    {
        var job = list.Running?.JobId == follow.JobId ? training : queue.Find(follow.JobId);
        if (job is not null)
            job.Tell(follow, client);
        else if (list.FindEnded(follow.JobId) is not { } ended)
            client.Tell(JobList.Unknown(follow.JobId), coordinator);
        else if (ended.KeptBy.Select(nodes.ResultsOf).FirstOrDefault(kept => kept is not null) is { } keeper)
            keeper.Tell(new ResultProtocol.Open(follow.JobId), client);
        else
            client.Tell(JobFailures.WithoutResult(ended), coordinator);
    }

    /// <param name="request">The request, to the job that trains or to one that it names.</param>
    /// <param name="sender">A client, or a node.</param>
    /// <param name="training">The job that trains; null where none does.</param>
    public void Forward(ClientProtocol.IJobRequest request, IActorRef sender, IActorRef? training)
    {
        var named = (request as ClientProtocol.CancelJob)?.JobId ?? "";
        if (queue.Find(named) is { } queued)
            queued.Tell(request, sender);
        else if (list.RefusalOf(named) is { } refusal)
            sender.Tell(refusal, coordinator);
        else if (training is null)
            sender.Tell(new ClientProtocol.Rejected("no job runs on this cluster"), coordinator);
        else
            training.Tell(request, sender);
    }
}
