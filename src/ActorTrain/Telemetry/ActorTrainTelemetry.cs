using ActorTrain.Job;

namespace ActorTrain.Telemetry;

/// <summary>
/// The names of ActorTrain's metrics and traces. With OpenTelemetry: <c>AddMeter(ActorTrainTelemetry.Name)</c> and
/// <c>AddSource(ActorTrainTelemetry.Name)</c>.
/// </summary>
public static class ActorTrainTelemetry
{
    /// <summary>Name of the meter, and of the activity source: <c>ActorTrain</c>.</summary>
    public const string Name = "ActorTrain";

    /// <summary>
    /// Counter, samples, on the coordinator's node: samples that every shard has applied. Tag <c>job</c>.
    /// </summary>
    public const string SamplesApplied = "actortrain.samples.applied";

    /// <summary>
    /// Gauge, samples a second, on the coordinator's node: a worker's throughput, after each of its leases. Tags
    /// <c>job</c>, <c>worker</c>.
    /// </summary>
    public const string WorkerThroughput = "actortrain.worker.throughput";

    /// <summary>
    /// Counter, on the coordinator's node: the events of a job. Tag <c>kind</c>, one of
    /// <see cref="SupervisionEventKinds"/>.
    /// </summary>
    public const string Events = "actortrain.events";

    /// <summary>
    /// Counter, on a server node: pushes that a shard has decided on. Tag <c>verdict</c>: Applied, Duplicate, Refused.
    /// </summary>
    public const string Pushes = "actortrain.pushes";

    /// <summary>
    /// Counter, on a server node: pushes that a shard has refused. Tag <c>reason</c>, such as TooStale, NotFinite,
    /// PastIncarnation.
    /// </summary>
    public const string PushesRefused = "actortrain.pushes.refused";

    /// <summary>Histogram, updates, on a server node: staleness of the pushes that were applied.</summary>
    public const string Staleness = "actortrain.staleness";

    /// <summary>
    /// Counter, bytes, on every node: tensors that it has sent to other processes. Tag <c>transport</c>: shared-memory,
    /// unix, tcp.
    /// </summary>
    public const string LaneBytes = "actortrain.lane.bytes";

    /// <summary>
    /// Activity, on the coordinator's node: a job from its first lease to its end. Tags <c>job</c>, <c>outcome</c>.
    /// </summary>
    public const string JobActivity = "actortrain.job";

    /// <summary>Activity below the job's: an epoch, until its last lease has ended. Tag <c>epoch</c>.</summary>
    public const string EpochActivity = "actortrain.epoch";

    /// <summary>
    /// Activity below the job's: a worker's evaluation. Tags <c>epoch</c>, <c>worker</c>, <c>accuracy</c>, and
    /// <c>metric</c>: the name of that number.
    /// </summary>
    public const string EvaluationActivity = "actortrain.evaluation";
}
