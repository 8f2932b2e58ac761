using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Parameters;
using ActorTrain.Staleness;

namespace ActorTrain.Job;

/// <summary>
/// A training run as the user describes it: configuration section <c>actortrain.job</c>. The defaults are those of
/// reference.conf. Values are checked when the job is submitted, by the rules of a job that is read
/// (<see cref="JobOptionsReader"/>).
/// </summary>
public sealed record JobOptions
{
    /// <summary>Name of the run.</summary>
    public string Name { get; init; } = "training";

    /// <summary>The model to train.</summary>
    public ModelOptions Model { get; init; } = "mlp";

    /// <summary>The data set to train it on. A model that a node has added has its own.</summary>
    public DataOptions Data { get; init; } = "fashion-mnist";

    /// <summary>Passes over the training samples, ≥ 1.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>
    /// Samples of a micro-batch, ≥ 1, which is a push without <see cref="LocalSteps"/>; with
    /// <see cref="BalanceOptions.MicroBatch"/> the mean over the workers.
    /// </summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// Fewest samples of a gradient, if the data set has as many, up to <see cref="BatchSize"/>; 0 is half the batch,
    /// at most 8 and at least 2. See <see cref="SmallestMicroBatch"/>.
    /// </summary>
    public int MinimumMicroBatchSize { get; init; }

    /// <summary>
    /// The optimizer that applies gradients: on a shard, or on a worker that takes local steps.
    /// </summary>
    public OptimizerOptions Optimizer { get; init; } = new Sgd();

    /// <summary>How the learning rate changes over the job.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>Gradients with a larger global L2 norm are scaled down to it; 0 disables clipping.</summary>
    public double GradientClipNorm { get; init; }

    /// <summary>The consistency model: how far workers may drift apart.</summary>
    public ConsistencyOptions Consistency { get; init; } = new();

    /// <summary>How stale gradients are treated.</summary>
    public StalenessOptions Staleness { get; init; } = new();

    /// <summary>How work is divided by the workers' throughput.</summary>
    public BalanceOptions Balance { get; init; } = new();

    /// <summary>The steps that a worker takes before it pushes.</summary>
    public LocalStepsOptions LocalSteps { get; init; } = new();

    /// <summary>Number of parameter shards; 0 means one per server node, or one in all with backup workers.</summary>
    public int Shards { get; init; }

    /// <summary>Micro-batches per lease, ≥ 1.</summary>
    public int MicroBatchesPerLease { get; init; } = 16;

    /// <summary>
    /// Unanswered pushes that a worker may have while it computes the next gradient; 0 alternates strictly.
    /// </summary>
    public int MaxInFlightPushes { get; init; }

    /// <summary>The type of gradients and parameters between machines; the shards' weights are f32.</summary>
    public TransferDType TransferDType { get; init; } = TransferDType.F32;

    /// <summary>Epochs from one evaluation to the next, ≥ 1; the last epoch is always evaluated.</summary>
    public int EvaluateEvery { get; init; } = 1;

    /// <summary>Test samples evaluated at once; 0 is as many as fit 64 MiB of input, at most 500.</summary>
    public int EvaluationBatchSize { get; init; }

    /// <summary>Workers that must be ready before training starts, ≥ 1.</summary>
    public int MinimumWorkers { get; init; } = 1;

    /// <summary>How long the job waits for <see cref="MinimumWorkers"/>, and holds up those behind it, before it fails;
    /// zero: without end. A job that goes on after an interruption waits without end.</summary>
    public TimeSpan MinimumWorkersTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Of the jobs that wait for their turn, one of the highest priority begins first, and of those the one
    /// that was submitted first. It does not interrupt the job that runs.</summary>
    public int Priority { get; init; }

    /// <summary>The id of a job that must have completed before this one begins. Where that one fails or is canceled,
    /// this one fails. Empty: none.</summary>
    public string After { get; init; } = "";

    /// <summary>
    /// Seeds the starting weights, the sample order, the augmentation, and what is random inside a module.
    /// </summary>
    public long Seed { get; init; } = 1;

    /// <summary>The checkpoints that are written while it trains.</summary>
    public CheckpointOptions Checkpoint { get; init; } = new();

    /// <summary>
    /// What the job goes on from: a checkpoint's folder on the coordinator's machine, a folder of checkpoints, of which
    /// the newest that can be read is taken, or <c>latest</c>: the newest below the node's state folder. Empty: it
    /// begins anew. The model, the data set and the seed must be those of the checkpoint.
    /// </summary>
    public string Resume { get; init; } = "";

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
