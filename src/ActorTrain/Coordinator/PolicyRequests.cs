using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Protocol;
using Akka.Actor;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>Requests of clients to a job that trains: another staleness policy or consistency model.</summary>
/// <param name="job">The job as it was submitted.</param>
/// <param name="algorithms">The staleness policies and consistency models that there are.</param>
/// <param name="record">The job's workers.</param>
/// <param name="scheduler">The job's policies.</param>
/// <param name="shards">The shards, which follow the policies.</param>
/// <param name="grants">Grants leases.</param>
/// <param name="events">The job's events.</param>
internal sealed class PolicyRequests(
    JobOptions job,
    Algorithms algorithms,
    JobRecord record,
    LeaseScheduler scheduler,
    ShardRequests shards,
    LeaseGrants grants,
    TrainingEvents events
)
{
    public void GetStaleness(IActorRef requester) =>
        requester.Tell(new ClientProtocol.CurrentStaleness(scheduler.Staleness, job.ShardOptimizer));

    public void GetConsistency(IActorRef requester) =>
        requester.Tell(new ClientProtocol.CurrentConsistency(scheduler.Consistency));

    public void SetStaleness(ClientProtocol.SetStaleness request, IActorRef requester)
    {
        if (AlgorithmChecks.RefusalOf(job with { Staleness = request.Staleness }, algorithms) is { } refusal)
        {
            requester.Tell(new ClientProtocol.Rejected(refusal));
            return;
        }
        scheduler.SetStaleness(request.Staleness);
        shards.TellPolicies();
        events.RaiseChange(JobEvents.PolicyChanged(StalenessChanged, request.Staleness));
        requester.Tell(new ClientProtocol.CurrentStaleness(request.Staleness, job.ShardOptimizer));
        grants.Grant();
    }

    public void SetConsistency(ClientProtocol.SetConsistency request, IActorRef requester)
    {
        if (AlgorithmChecks.RefusalOf(Changed(request.Consistency), algorithms) is { } refusal)
        {
            requester.Tell(new ClientProtocol.Rejected(refusal));
            return;
        }
        var consistency = request.Consistency.Resolved(job.PushSamples, record.Active.Count());
        if (consistency != scheduler.Consistency)
        {
            scheduler.SetConsistency(consistency);
            shards.TellPolicies();
            // Leases are cut for one consistency model: workers return what they have not begun.
            foreach (var worker in record.Active)
                worker.LeaseRequester.Tell(new WorkerProtocol.ReturnLeases());
            events.RaiseChange(JobEvents.PolicyChanged(ConsistencyChanged, consistency));
            grants.Grant();
        }
        requester.Tell(new ClientProtocol.CurrentConsistency(consistency));
    }

    // Where the job does not say how many shards it has, their number depends on its servers.
    private JobOptions Changed(ConsistencyOptions consistency) =>
        job with
        {
            Consistency = consistency,
            Shards = Math.Min(shards.Count, JobOptionsReader.MaxShards),
        };
}
