using System.Text.Json.Serialization;
using ActorTrain.Sentences;

namespace ActorTrain.Job;

/// <summary>
/// The result of a job: each worker's part, how well the model learned, and the proof that each sample was counted
/// once.
/// </summary>
/// <param name="Job">The job's name.</param>
/// <param name="Model">The model trained.</param>
/// <param name="Data">The data set trained on.</param>
/// <param name="Consistency">The consistency model, such as <c>asynchronous</c>.</param>
/// <param name="Seed">The job's seed.</param>
/// <param name="TestAccuracy">Accuracy of the final weights on the test set, 0 to 1, or whatever
/// <paramref name="Metric"/> is; null when the job ended before it was measured.</param>
/// <param name="Epochs">One row per completed epoch.</param>
/// <param name="SamplesExpected">Epochs × training samples.</param>
/// <param name="SamplesApplied">Samples that every shard has applied: the smallest of the shards' counts.</param>
/// <param name="DuplicatesRefused">Duplicate pushes that a shard had applied already and refused, over all
/// shards.</param>
/// <param name="WallSeconds">Seconds from the first lease to the last push.</param>
/// <param name="Throughput">Samples applied per second over <paramref name="WallSeconds"/>.</param>
/// <param name="Workers">One row per worker that took part, also if it left.</param>
/// <param name="Shards">One row per parameter shard.</param>
/// <param name="Staleness">Staleness of all pushes applied, over all shards.</param>
/// <param name="Events">The events, oldest first.</param>
/// <param name="Metric">What <paramref name="TestAccuracy"/> is, here and in each epoch: <c>accuracy</c>, or the name
/// that the model's author gave to another metric.</param>
public sealed record TrainingReport(
    string Job,
    ModelSummary Model,
    DatasetSummary Data,
    string Consistency,
    long Seed,
    double? TestAccuracy,
    IReadOnlyList<EpochSummary> Epochs,
    long SamplesExpected,
    long SamplesApplied,
    long DuplicatesRefused,
    double WallSeconds,
    double Throughput,
    IReadOnlyList<WorkerSummary> Workers,
    IReadOnlyList<ShardSummary> Shards,
    StalenessSummary Staleness,
    IReadOnlyList<SupervisionEvent> Events,
    string Metric = TrainingReport.DefaultMetric
)
{
    /// <summary>What the test metric is called where no name is given.</summary>
    internal const string DefaultMetric = "accuracy";

    /// <summary>Why the result cannot be trusted, in one sentence; null where no reason is known.</summary>
    [JsonIgnore]
    public string? Doubt => NonFiniteLoss ?? MissingEvaluation;

    private string? NonFiniteLoss =>
        Epochs.FirstOrDefault(epoch => epoch.TestLoss is { } loss && !double.IsFinite(loss)) is { } diverged
            ? Sentence.From(
                FormattableString.Invariant($"the test loss of epoch {diverged.Epoch} is {diverged.TestLoss}")
            )
            : null;

    /// <summary>Why the job's newest checkpoint is an older one, in one sentence; null where it is the last that was
    /// due, or none was.</summary>
    [JsonIgnore]
    internal string? MissingCheckpoint =>
        Events.LastOrDefault(raised =>
            raised.Kind
                is SupervisionEventKinds.CheckpointWritten
                    or SupervisionEventKinds.CheckpointFailed
                    or SupervisionEventKinds.CheckpointResumed
        )
            is { Kind: SupervisionEventKinds.CheckpointFailed } failed
            ? Sentence.From($"the last checkpoint could not be written: {failed.Reason}")
            : null;

    private string? MissingEvaluation
    {
        get
        {
            if (
                Events.FirstOrDefault(raised => raised.Kind == SupervisionEventKinds.EvaluationGivenUp)
                is not { } givenUp
            )
                return null;
            var cause = Events
                .LastOrDefault(raised =>
                    raised.Kind == SupervisionEventKinds.EvaluationFailed && raised.Elapsed <= givenUp.Elapsed
                )
                ?.Reason;
            return Sentence.From(cause is null ? givenUp.Reason : $"{givenUp.Reason.AsClause()}: {cause}");
        }
    }
}

/// <summary>The model trained.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Number of trainable parameters.</param>
public sealed record ModelSummary(string Name, long Parameters);

/// <summary>The data set trained on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TrainSamples">Number of training samples.</param>
/// <param name="TestSamples">Number of test samples.</param>
/// <param name="Fingerprint">Hexadecimal digits that differ when any sample differs.</param>
public sealed record DatasetSummary(string Name, int TrainSamples, int TestSamples, string Fingerprint)
{
    /// <summary>Number of classes; null where targets are numbers, or where it is unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Classes { get; init; }

    /// <summary>
    /// The classes' names, in the order of their numbers; null where they have none, and where all names together are
    /// longer than 16 KiB.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>
    /// Mean that was subtracted from the inputs, as (value − mean) / deviation; null where they are not normalised, or
    /// where it is unknown.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Mean { get; init; }

    /// <summary>Deviation that the inputs were divided by; null where the mean is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Deviation { get; init; }

    /// <summary>
    /// The substitute for a data set that the workers did not have, such as <c>the built-in subset</c>; null where the
    /// data set itself was used.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Substitute { get; init; }
}

/// <summary>One epoch.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Samples">Samples applied in it: the smallest of the shards' counts.</param>
/// <param name="Seconds">Seconds since the previous epoch was complete.</param>
/// <param name="TrainLoss">Mean loss of its samples during training; NaN where the coordinator that counted it was
/// lost.</param>
/// <param name="TestLoss">Mean loss on the test set after it; null when the job ended before it was measured.</param>
/// <param name="TestAccuracy">Accuracy on the test set after it, 0 to 1; null where the test loss is.</param>
public sealed record EpochSummary(
    int Epoch,
    long Samples,
    double Seconds,
    double TrainLoss,
    double? TestLoss,
    double? TestAccuracy
);

/// <summary>One worker's part in the job.</summary>
/// <param name="Node">Its address, <c>host:port</c>.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:i</c>, with the manufacturer's name.</param>
/// <param name="Threads">CPU threads its engine used.</param>
/// <param name="Samples">Samples of its gradients that were applied, by the first shard's count.</param>
/// <param name="Pushes">Its gradients that were applied, by the first shard's count.</param>
/// <param name="Throughput">Samples a second while it held leases.</param>
/// <param name="Share">Its share of all samples applied, 0 to 1.</param>
/// <param name="StalenessMean">Mean staleness of its pushes, in versions.</param>
/// <param name="StalenessMax">Largest staleness of its pushes, in versions.</param>
/// <param name="StalenessHistogram">Its pushes by staleness, as in <see cref="StalenessSummary"/>.</param>
public sealed record WorkerSummary(
    string Node,
    string Device,
    int Threads,
    long Samples,
    long Pushes,
    double Throughput,
    double Share,
    double StalenessMean,
    long StalenessMax,
    IReadOnlyList<long> StalenessHistogram
)
{
    /// <summary>
    /// How often the node had restarted since the job began: 0 for the first start. Not written where it is 0.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Restarts { get; init; }

    /// <summary>
    /// Why it takes no part any more, or at the moment: it left, was lost, or failed; null while it takes part.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Absence { get; init; }
}

/// <summary>One parameter shard.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Node">The server node that holds it, <c>host:port</c>.</param>
/// <param name="Parameters">Number of parameters in it.</param>
/// <param name="Version">Updates that it has applied.</param>
public sealed record ShardSummary(int Index, string Node, int Parameters, long Version);

/// <summary>How stale the applied gradients were.</summary>
/// <param name="Mean">Mean, in versions.</param>
/// <param name="Max">Largest, in versions.</param>
/// <param name="Histogram">Pushes by staleness: element i counts the pushes with staleness i; the last also counts all
/// larger ones.</param>
public sealed record StalenessSummary(double Mean, long Max, IReadOnlyList<long> Histogram);
