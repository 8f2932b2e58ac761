using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;

namespace ActorTrain.Checkpoints;

/// <summary>
/// What a checkpoint has beside its tensors, as the file <c>manifest.json</c>. It is written last: a folder without one
/// is no checkpoint.
/// </summary>
/// <param name="Format">The version of the format: <see cref="CurrentFormat"/>.</param>
/// <param name="Version">The version of ActorTrain that wrote it.</param>
/// <param name="Run">The id of the run: that of the first of all jobs that have gone on from each other.</param>
/// <param name="Number">Its number within the run, from 1.</param>
/// <param name="Created">When it was taken.</param>
/// <param name="Job">The job's options, as settings.</param>
/// <param name="Model">The model.</param>
/// <param name="Data">The data set.</param>
/// <param name="SamplesApplied">Samples that every shard has applied.</param>
/// <param name="SamplesExpected">Samples of the whole job, which the schedule spans.</param>
/// <param name="CompleteEpochs">Epochs of which every sample is applied.</param>
/// <param name="Applied">Ranges applied of the epochs after those.</param>
/// <param name="OptimizerVectors">Vectors of the optimizer's state.</param>
/// <param name="PolicyVectors">Vectors of the staleness policy's state.</param>
/// <param name="Shards">The shards, in order.</param>
/// <param name="Buffers">The workers' reports of the model's buffers; null for a model without any.</param>
/// <param name="Incarnations">The newest incarnation of a worker.</param>
/// <param name="Record">The job's counts.</param>
/// <param name="Epochs">The epochs that are complete.</param>
/// <param name="Events">The events so far.</param>
/// <param name="Files">The other files.</param>
/// <param name="JobId">The job that wrote it; empty where an earlier version did.</param>
internal sealed record CheckpointManifest(
    int Format,
    string Version,
    string Run,
    int Number,
    DateTimeOffset Created,
    SortedDictionary<string, string> Job,
    CheckpointModel Model,
    DatasetSummary Data,
    long SamplesApplied,
    long SamplesExpected,
    int CompleteEpochs,
    SampleRange[] Applied,
    int OptimizerVectors,
    int PolicyVectors,
    CheckpointShard[] Shards,
    BuffersRecord? Buffers,
    long Incarnations,
    RecordSnapshot Record,
    EpochSummary[] Epochs,
    SupervisionEvent[] Events,
    CheckpointFile[] Files,
    string JobId = ""
)
{
    /// <summary>The version of the format that this program writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The newest evaluation; null where there is none.</summary>
    public EpochSummary? Evaluated => Epochs.LastOrDefault(epoch => epoch.TestLoss is not null);
}

/// <summary>The model of a checkpoint.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Metric">What its evaluations measure beside the loss.</param>
/// <param name="Parameters">The layout of its parameters.</param>
/// <param name="Buffers">The layout of its buffers.</param>
internal sealed record CheckpointModel(string Name, string Metric, TensorSpec[] Parameters, TensorSpec[] Buffers)
{
    public static CheckpointModel From(ModelDescription model) =>
        new(model.Name, model.MetricName, [.. model.Parameters.Tensors], [.. model.Buffers.Tensors]);

    /// <exception cref="ActorTrainException">The layout is none.</exception>
    public ModelDescription ToDescription() =>
        new(Name, ParameterLayout.Create(Parameters), ParameterLayout.Create(Buffers)) { MetricName = Metric };
}

/// <summary>A shard's part of a checkpoint.</summary>
/// <param name="Slice">Its slice of the parameters.</param>
/// <param name="Counts">Its version and counts.</param>
/// <param name="Samples">Samples behind its updates: its place in the learning-rate schedule.</param>
/// <param name="Steps">The steps that each element has taken, where the optimizer counts them.</param>
/// <param name="PolicyNumbers">Numbers of the staleness policy's state.</param>
/// <param name="Epochs">The epochs whose weights are kept for an evaluation.</param>
internal sealed record CheckpointShard(
    ShardSlice Slice,
    ShardProtocol.Counts Counts,
    long Samples,
    StepCount[] Steps,
    double[] PolicyNumbers,
    EpochVersion[] Epochs
);

/// <summary>A file of a checkpoint.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">The SHA-256 of its bytes, in hexadecimal digits.</param>
internal sealed record CheckpointFile(string Name, long Bytes, string Sha256);
