using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Lane;
using ActorTrain.Staleness;

namespace ActorTrain.Job;

/// <summary>
/// A training run as the user describes it: configuration section <c>actortrain.job</c>. Defaults stand in
/// reference.conf.
/// </summary>
/// <param name="Name">What to call the run.</param>
/// <param name="Model">The model to train.</param>
/// <param name="Data">The data set to train it on.</param>
/// <param name="Epochs">How often every training sample is used, ≥ 1.</param>
/// <param name="Batch">Samples a micro-batch, and so a push without <paramref name="LocalSteps"/>, ≥ 1; with
/// <see cref="BalanceOptions.MicroBatch"/> the mean over the workers.</param>
/// <param name="Optimizer">The rule by which a gradient is applied: by a shard, or by a worker that takes local
/// steps.</param>
/// <param name="Schedule">How the learning rate moves.</param>
/// <param name="ClipNorm">Gradients with a larger global L2 norm are scaled down to it; 0 turns clipping off.</param>
/// <param name="Consistency">How tightly the workers march.</param>
/// <param name="Staleness">What is done about late gradients.</param>
/// <param name="Balance">How work follows strength.</param>
/// <param name="LocalSteps">What workers do on their own before they push.</param>
/// <param name="Shards">Number of parameter shards; 0 means one a server node, or one where there are backup
/// workers.</param>
/// <param name="LeaseBatches">Micro-batches a lease, ≥ 1.</param>
/// <param name="MinimumWorkers">Workers that must be ready before training starts, ≥ 1.</param>
/// <param name="Overlap">Pushes of a worker that may be unanswered while it computes the next gradient; 0 alternates
/// strictly.</param>
/// <param name="Payload">What gradients and parameters are while they travel between machines; the shards' weights are
/// f32.</param>
/// <param name="EvaluateEvery">Epochs from one evaluation to the next, ≥ 1; the last epoch is always evaluated.</param>
/// <param name="Seed">Seeds the starting weights, the sample order, the augmentation, and what is random inside a
/// module.</param>
/// <param name="MicroBatchFloor">
/// Samples a gradient is computed from at least, where the data set has as many, up to <paramref name="Batch"/>;
/// 0 is half the batch, at most 8 and at least 2. See <see cref="LeastMicroBatch"/>.
/// </param>
/// <param name="EvaluationBatch">Test samples evaluated at once; 0 is as many as make 64 MiB of input, at most
/// 500.</param>
public sealed record JobOptions(
    string Name,
    ModelOptions Model,
    DataOptions Data,
    int Epochs,
    int Batch,
    OptimizerOptions Optimizer,
    ScheduleOptions Schedule,
    float ClipNorm,
    ConsistencyOptions Consistency,
    StalenessOptions Staleness,
    BalanceOptions Balance,
    LocalStepsOptions LocalSteps,
    int Shards,
    int LeaseBatches,
    int MinimumWorkers,
    int Overlap,
    PayloadType Payload,
    int EvaluateEvery,
    long Seed,
    int MicroBatchFloor = 0,
    int EvaluationBatch = 0
)
{
    // Batch statistics of fewer tell little, and those of a single sample nothing.
    private const int EnoughForStatistics = 8;

    /// <summary>
    /// Samples that a gradient is computed from at least, where the data set has as many, so that statistics over a
    /// batch (BatchNorm) make sense. A batch of 1 is what was asked for, and stays.
    /// </summary>
    public int LeastMicroBatch =>
        MicroBatchFloor > 0
            ? Math.Min(MicroBatchFloor, Batch)
            : Math.Max(Math.Min(2, Batch), Math.Min(EnoughForStatistics, Batch / 2));

    /// <summary>Whether the model is evaluated after an epoch.</summary>
    public bool IsEvaluatedAfter(int epoch) => epoch == Epochs || epoch % EvaluateEvery == 0;

    /// <summary>Samples of a whole push.</summary>
    public int PushSamples => Batch * LocalSteps.Steps;

    /// <summary>The rule by which a shard applies a push.</summary>
    public OptimizerOptions ShardOptimizer => LocalSteps.IsOn ? LocalSteps.Outer : Optimizer;

    /// <summary>How a shard's learning rate moves: not at all where workers have the schedule.</summary>
    public ScheduleOptions ShardSchedule => LocalSteps.IsOn ? ScheduleOptions.Unchanging : Schedule;
}

/// <summary>A model by name, with the settings of every model the engine knows.</summary>
/// <param name="Name">The model's name, such as <c>mlp</c>.</param>
/// <param name="Settings"> The rest of the section as flat keys and values, such as <c>mlp.hidden = "1024,1024"</c>;
/// lists are joined by commas. Read by the engine, which knows what they mean.
/// </param>
public sealed record ModelOptions(string Name, IReadOnlyDictionary<string, string> Settings);

/// <summary>A data set by name, with its settings.</summary>
/// <param name="Name">The data set's name, such as <c>fashion-mnist</c>.</param>
/// <param name="Settings">The rest of the section as flat keys and values; read by the engine.</param>
public sealed record DataOptions(string Name, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>
    /// The fingerprint of the data set that is to be trained on: a worker that has other data is refused. Empty where
    /// the job takes what most of the workers have.
    /// </summary>
    public string Fingerprint { get; init; } = "";
}

/// <summary>The kinds of optimizer.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent, with momentum and Nesterov's variant as options.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba 2015); weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    AdamW,
}

/// <summary>
/// What workers do on their own before they push (post-local SGD, Lin et al. 2020; DiLoCo, Douillard et al. 2023): each
/// takes so many steps on its own copy of the parameters, by the job's optimizer, and pushes by how much they moved it,
/// w_start − w_end, which the shards take for a gradient of theirs.
/// </summary>
/// <param name="Steps">Steps a push, ≥ 1; 1 turns them off: then each gradient is a push, and a shard takes the
/// step.</param>
/// <param name="FollowSpeed">Whether a slower worker takes fewer, so that all push equally often.</param>
/// <param name="Outer">The rule by which a shard applies what was pushed: SGD at a rate that stays.</param>
public sealed record LocalStepsOptions(int Steps, bool FollowSpeed, OptimizerOptions Outer)
{
    /// <summary>Whether workers take the steps.</summary>
    public bool IsOn => Steps > 1;
}

/// <summary>The rule by which a gradient is applied; the formulas are PyTorch's.</summary>
/// <param name="Kind">Which rule.</param>
/// <param name="LearningRate">Step size before the schedule's factor, &gt; 0.</param>
/// <param name="Momentum">SGD's momentum, 0 to below 1.</param>
/// <param name="Nesterov">Whether SGD's momentum is Nesterov's.</param>
/// <param name="WeightDecay">L2 penalty (SGD, Adam) or decoupled decay (AdamW), ≥ 0.</param>
/// <param name="Beta1">Adam's decay of the first moment, 0 to below 1.</param>
/// <param name="Beta2">Adam's decay of the second moment, 0 to below 1.</param>
/// <param name="Epsilon">Adam's term against division by zero, &gt; 0.</param>
public sealed record OptimizerOptions(
    OptimizerKind Kind,
    float LearningRate,
    float Momentum,
    bool Nesterov,
    float WeightDecay,
    float Beta1,
    float Beta2,
    float Epsilon
);

/// <summary>The shapes of a learning-rate schedule.</summary>
public enum ScheduleKind
{
    /// <summary>The learning rate stays.</summary>
    Constant,

    /// <summary>It is multiplied by a factor every so many epochs.</summary>
    Step,

    /// <summary>It falls along half a cosine to a floor at the end of the job.</summary>
    Cosine,
}

/// <summary>
/// How the learning rate moves. Driven by the samples applied, so it does not depend on the number of workers.
/// </summary>
/// <param name="Kind">Which shape.</param>
/// <param name="WarmUpEpochs">Epochs over which it rises linearly from zero first, ≥ 0; fractions allowed.</param>
/// <param name="StepEpochs">Step: epochs between two cuts, &gt; 0.</param>
/// <param name="StepFactor">Step: what each cut multiplies by, above 0 to 1.</param>
/// <param name="Floor">Cosine: the factor at the end, 0 to 1.</param>
public sealed record ScheduleOptions(
    ScheduleKind Kind,
    double WarmUpEpochs,
    double StepEpochs,
    double StepFactor,
    double Floor
)
{
    /// <summary>A learning rate that stays from the first step.</summary>
    public static ScheduleOptions Unchanging { get; } = new(ScheduleKind.Constant, 0, 1, 1, 0);
}
