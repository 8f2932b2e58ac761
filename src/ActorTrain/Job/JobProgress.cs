using System.Text.Json.Serialization;

namespace ActorTrain.Job;

/// <summary>The phase of a job.</summary>
public enum JobPhase
{
    /// <summary>No job runs.</summary>
    Idle,

    /// <summary>Accepted; waiting until other jobs have ended.</summary>
    Queued,

    /// <summary>Its turn has come; waiting until enough workers and a server are ready.</summary>
    WaitingForWorkers,

    /// <summary>The shards receive their starting weights.</summary>
    Preparing,

    /// <summary>Workers train.</summary>
    Training,

    /// <summary>Paused by request: workers finish their leases, and get no more until the job is resumed.</summary>
    Paused,

    /// <summary>All samples are applied; the last evaluation is under way.</summary>
    Finishing,

    /// <summary>Ended in order; the report is complete.</summary>
    Completed,

    /// <summary>Canceled by request before the last epoch; the report says how far it got.</summary>
    Canceled,

    /// <summary>Ended by an error.</summary>
    Failed,
}

/// <summary>A running job at one moment.</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="Reason">Why it is in that phase, in one sentence: what it waits for, why it failed; empty where there
/// is no special reason.</param>
/// <param name="Epoch">The epoch being trained, from 1.</param>
/// <param name="Epochs">Epochs in total.</param>
/// <param name="SamplesApplied">Samples applied so far.</param>
/// <param name="SamplesExpected">Samples in total.</param>
/// <param name="Seconds">Seconds since training started.</param>
/// <param name="Throughput">Samples a second over the last few seconds.</param>
/// <param name="TrainLoss">Mean training loss of the latest leases; null before the first.</param>
/// <param name="TestAccuracy">Latest test accuracy, 0 to 1, or whatever <paramref name="Metric"/> is; null before the
/// first.</param>
/// <param name="CompletedEpochs">One row per completed epoch.</param>
/// <param name="Workers">One row per worker; a restarted node has one for each start.</param>
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
    string Metric = TrainingReport.DefaultMetric
);

/// <summary>A cluster at one moment.</summary>
/// <param name="Nodes">One row per node that has enrolled with the coordinator, and per node that has gone since the
/// job began.</param>
/// <param name="Job">The running job, or the last one; null when there was none.</param>
public sealed record ClusterStatus(IReadOnlyList<NodeSummary> Nodes, JobProgress? Job);

/// <summary>One node.</summary>
/// <param name="Node">Its address, <c>host:port</c>.</param>
/// <param name="Roles">What it hosts: <c>coordinator</c>, <c>server</c>, <c>worker</c>.</param>
public sealed record NodeSummary(string Node, IReadOnlyList<string> Roles)
{
    /// <summary>
    /// How often the node had restarted since the job began: 0 for the first start. Not written where it is 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Restarts { get; init; }

    /// <summary>Whether it is there.</summary>
    public NodeState State { get; init; }

    /// <summary>Why it has gone; null while it is there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Absence { get; init; }
}

/// <summary>Whether a node is there.</summary>
public enum NodeState
{
    /// <summary>It is there.</summary>
    Present,

    /// <summary>It is to leave, and hands over what it has.</summary>
    Draining,

    /// <summary>It has left in order.</summary>
    Left,

    /// <summary>It is lost.</summary>
    Lost,
}
