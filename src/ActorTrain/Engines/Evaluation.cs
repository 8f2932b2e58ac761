namespace ActorTrain.Engines;

/// <summary>The model's loss and accuracy on the test set.</summary>
/// <param name="Loss">Mean loss a sample.</param>
/// <param name="Accuracy">Share of samples whose predicted class was right, 0 to 1; for a model with its own metric,
/// the value of <see cref="ModelDescription.MetricName"/>.</param>
/// <param name="Samples">Samples evaluated.</param>
public sealed record Evaluation(double Loss, double Accuracy, int Samples);
