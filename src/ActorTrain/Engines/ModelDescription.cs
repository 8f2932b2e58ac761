using ActorTrain.Job;
using ActorTrain.Parameters;

namespace ActorTrain.Engines;

/// <summary>A description of a model, compared between workers.</summary>
/// <param name="Name">Its name in the job, such as <c>mlp</c>.</param>
/// <param name="Parameters">Layout of the trainable parameters.</param>
/// <param name="Buffers">Layout of the state without a gradient; <see cref="ParameterLayout.Empty"/> for most
/// models.</param>
public sealed record ModelDescription(string Name, ParameterLayout Parameters, ParameterLayout Buffers)
{
    /// <summary>The author's name for <see cref="Evaluation.Accuracy"/>, such as <c>mean absolute error</c>: shown
    /// beside the number, and written in the report.</summary>
    public string MetricName { get; init; } = TrainingReport.DefaultMetric;
}
