using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Parameters;
using ActorTrain.Staleness;

namespace ActorTrain.Job;

/// <summary>
/// A training run as the user describes it: configuration section <c>actortrain.job</c>. Defaults are in
/// reference.conf.
/// </summary>
/// <param name="Name">Name of the run.</param>
/// <param name="Model">The model to train.</param>
/// <param name="Data">The data set to train it on.</param>
/// <param name="Epochs">Passes over the training samples, ≥ 1.</param>
/// <param name="BatchSize">Samples of a micro-batch, ≥ 1, which is a push without <paramref name="LocalSteps"/>; with
/// <see cref="BalanceOptions.MicroBatch"/> the mean over the workers.</param>
/// <param name="Optimizer">The optimizer that applies gradients: on a shard, or on a worker that takes local
/// steps.</param>
/// <param name="Schedule">How the learning rate changes over the job.</param>
/// <param name="GradientClipNorm">Gradients with a larger global L2 norm are scaled down to it; 0 disables
/// clipping.</param>
/// <param name="Consistency">The consistency model: how far workers may drift apart.</param>
/// <param name="Staleness">How stale gradients are treated.</param>
/// <param name="Balance">How work is divided by the workers' throughput.</param>
/// <param name="LocalSteps">The steps that a worker takes before it pushes.</param>
/// <param name="Shards">Number of parameter shards; 0 means one per server node, or one in all with backup
/// workers.</param>
/// <param name="MicroBatchesPerLease">Micro-batches per lease, ≥ 1.</param>
/// <param name="MinimumWorkers">Workers that must be ready before training starts, ≥ 1.</param>
/// <param name="MaxInFlightPushes">Unanswered pushes that a worker may have while it computes the next gradient; 0
/// alternates strictly.</param>
/// <param name="TransferDType">The type of gradients and parameters between machines; the shards' weights are
/// f32.</param>
/// <param name="EvaluateEvery">Epochs from one evaluation to the next, ≥ 1; the last epoch is always evaluated.</param>
/// <param name="Seed">Seeds the starting weights, the sample order, the augmentation, and what is random inside a
/// module.</param>
/// <param name="MinimumMicroBatchSize">Fewest samples of a gradient, if the data set has as many, up to
/// <paramref name="BatchSize"/>; 0 is half the batch, at most 8 and at least 2. See
/// <see cref="SmallestMicroBatch"/>.</param>
/// <param name="EvaluationBatchSize">Test samples evaluated at once; 0 is as many as fit 64 MiB of input, at most
/// 500.</param>
public sealed record JobOptions(
    string Name,
    ModelOptions Model,
    DataOptions Data,
    int Epochs,
    int BatchSize,
    OptimizerOptions Optimizer,
    ScheduleOptions Schedule,
    float GradientClipNorm,
    ConsistencyOptions Consistency,
    StalenessOptions Staleness,
    BalanceOptions Balance,
    LocalStepsOptions LocalSteps,
    int Shards,
    int MicroBatchesPerLease,
    int MinimumWorkers,
    int MaxInFlightPushes,
    TransferDType TransferDType,
    int EvaluateEvery,
    long Seed,
    int MinimumMicroBatchSize = 0,
    int EvaluationBatchSize = 0
)
{
    // Batch statistics of fewer samples are poor, and those of a single one are useless.
    private const int EnoughForStatistics = 8;

    /// <summary>
    /// Fewest samples of a gradient, if the data set has as many, so that statistics over a batch (BatchNorm) are
    /// useful. A batch size of 1 is the user's choice, and stays.
    /// </summary>
    public int SmallestMicroBatch =>
        MinimumMicroBatchSize > 0
            ? Math.Min(MinimumMicroBatchSize, BatchSize)
            : Math.Max(Math.Min(2, BatchSize), Math.Min(EnoughForStatistics, BatchSize / 2));

    /// <summary>Whether the model is evaluated after an epoch.</summary>
    public bool IsEvaluatedAfter(int epoch) => epoch == Epochs || epoch % EvaluateEvery == 0;

    /// <summary>Samples of a whole push.</summary>
    public int PushSamples => BatchSize * LocalSteps.Steps;

    /// <summary>The optimizer by which a shard applies a push.</summary>
    public OptimizerOptions ShardOptimizer => LocalSteps.IsOn ? LocalSteps.Outer : Optimizer;

    /// <summary>A shard's learning rate schedule: constant where the workers follow the schedule.</summary>
    public ScheduleOptions ShardSchedule => LocalSteps.IsOn ? ScheduleOptions.Unchanging : Schedule;
}

/// <summary>A model by name, with the settings of every model the engine knows.</summary>
/// <param name="Name">The model's name, such as <c>mlp</c>.</param>
/// <param name="Settings">The rest of the section as flat keys and values, such as <c>mlp.hidden = "1024,1024"</c>;
/// lists are joined by commas. Read by the engine.</param>
public sealed record ModelOptions(string Name, IReadOnlyDictionary<string, string> Settings);

/// <summary>A data set by name, with its settings.</summary>
/// <param name="Name">The data set's name, such as <c>fashion-mnist</c>.</param>
/// <param name="Settings">The rest of the section as flat keys and values; read by the engine.</param>
public sealed record DataOptions(string Name, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>
    /// The fingerprint of the data set to train on: a worker with other data is refused. Empty: the data set that most
    /// workers have.
    /// </summary>
    public string Fingerprint { get; init; } = "";
}
