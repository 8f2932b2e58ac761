using ActorTrain.Job;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>What a job begins with: a new one with nothing, an adopted one with what its servers have stored.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Job">What is trained.</param>
/// <param name="Client">The client that follows it.</param>
/// <param name="Record">Its counts.</param>
/// <param name="History">Its epochs and events.</param>
/// <param name="Readiness">Its workers and servers.</param>
/// <param name="Placed">Where its shards are; null for a new job.</param>
/// <param name="Training">What training goes on from; null for a new job.</param>
internal sealed record JobStart(
    string JobId,
    JobOptions Job,
    IActorRef Client,
    JobRecord Record,
    JobHistory History,
    WorkerReadiness Readiness,
    ShardPlacementActor.Placed? Placed = null,
    JobTrainingProtocol.Adopted? Training = null
)
{
    /// <summary>A job that was submitted.</summary>
    public static JobStart Submitted(string jobId, JobOptions job, IActorRef client, TimeSpan now) =>
        new(
            jobId,
            job,
            client,
            new JobRecord(job, now),
            new JobHistory(),
            new WorkerReadiness(job.MinimumWorkers, job.Data.Fingerprint)
        );

    /// <summary>A job that is adopted from another coordinator.</summary>
    public static JobStart Adopted(StoredJob stored, TimeSpan now)
    {
        var (snapshot, history) = (stored.Snapshot, new JobHistory());
        history.Add(new HistoryPage(0, stored.History, stored.History.Length));
        var admission = new Admission(stored.Model.AdmittedBy, stored.Model.Admitted);
        var readiness = new WorkerReadiness(snapshot.Job.MinimumWorkers);
        readiness.Adopt(admission);
        var placed = new ShardPlacementActor.Placed(
            [.. snapshot.Shards.Zip(snapshot.ShardNodes, (place, node) => new PlacedShard(place, node))],
            snapshot.Buffers
        );
        return new(
            snapshot.JobId,
            snapshot.Job,
            snapshot.Client,
            JobRecord.Adopt(snapshot.Job, admission, snapshot.Record, history, placed.Shards, now),
            history,
            readiness,
            placed,
            new JobTrainingProtocol.Adopted(snapshot.Incarnations, snapshot.Paused)
        );
    }
}
