using System.Text.Json.Serialization;
using ActorTrain.Supervision;
using ActorTrain.Worker;

namespace ActorTrain.Job;

/// <summary>Where a job is in its life.</summary>
public enum JobPhase
{
    /// <summary>No job runs.</summary>
    Idle,

    /// <summary>Accepted; waiting until enough workers and a server are there and ready.</summary>
    Gathering,

    /// <summary>The shards receive their starting weights.</summary>
    Preparing,

    /// <summary>Workers train.</summary>
    Training,

    /// <summary>Paused by request: workers finish what they hold, and get no more until the job is resumed.</summary>
    Paused,

    /// <summary>All samples are applied; the last evaluation is under way.</summary>
    Finishing,

    /// <summary>Ended in order; the report is complete.</summary>
    Completed,

    /// <summary>Stopped by request before the last epoch; the report says how far it came.</summary>
    Stopped,

    /// <summary>Ended by an error.</summary>
    Failed,
}

/// <summary>A running job at one moment.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Phase">Where it is in its life.</param>
/// <param name="Reason">Why it is there, in one sentence: what it waits for, why it failed; empty when there is nothing
/// to say.</param>
/// <param name="Epoch">The epoch being trained, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="SamplesApplied">Samples applied so far.</param>
/// <param name="SamplesExpected">Samples in all.</param>
/// <param name="Seconds">Seconds since training started.</param>
/// <param name="Throughput">Samples a second over the last few seconds.</param>
/// <param name="TrainLoss">Mean training loss of the latest leases; null before the first.</param>
/// <param name="TestAccuracy">Latest test accuracy, 0 to 1, or whatever <paramref name="Metric"/> is; null before the
/// first.</param>
/// <param name="CompletedEpochs">One row an epoch completed so far.</param>
/// <param name="Workers">One row a worker; a node that was started again has one for each start.</param>
/// <param name="Staleness">Staleness of all pushes applied so far.</param>
/// <param name="Events">Events so far, oldest first.</param>
/// <param name="Metric">What <paramref name="TestAccuracy"/> is: <c>accuracy</c>, or the name that the model's author
/// gave to another metric.</param>
public sealed record JobProgress(
    string Job,
    JobPhase Phase,
    string Reason,
    int Epoch,
    int Epochs,
    long SamplesApplied,
    long SamplesExpected,
    double Seconds,
    double Throughput,
    double? TrainLoss,
    double? TestAccuracy,
    IReadOnlyList<EpochSummary> CompletedEpochs,
    IReadOnlyList<WorkerSummary> Workers,
    StalenessSummary Staleness,
    IReadOnlyList<SupervisionEvent> Events,
    string Metric = ModelDescription.DefaultMetricName
);

/// <summary>A cluster at one moment.</summary>
/// <param name="Nodes">One row a node that has enrolled with the coordinator, and one a node that is gone since the job
/// began.</param>
/// <param name="Job">The job that runs, or the last one; null when there was none.</param>
public sealed record ClusterStatus(IReadOnlyList<NodeSummary> Nodes, JobProgress? Job);

/// <summary>One node.</summary>
/// <param name="Node">Its address, <c>host:port</c>.</param>
/// <param name="Roles">What it hosts: <c>coordinator</c>, <c>server</c>, <c>worker</c>.</param>
public sealed record NodeSummary(string Node, IReadOnlyList<string> Roles)
{
    /// <summary>
    /// How often the node was started again, since the job began, before this start of it: 0 for the first. Not written
    /// where it is 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Restarts { get; init; }

    /// <summary>Why it is not there any more; null while it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Absence { get; init; }
}
