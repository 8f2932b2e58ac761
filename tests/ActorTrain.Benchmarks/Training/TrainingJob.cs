using System.Globalization;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Training;

/// <summary>
/// A job to measure, sized for some ten seconds of steady training on two cores after a warm-up of the same length.
/// </summary>
/// <param name="Model">The model.</param>
/// <param name="Batch">Samples a micro-batch.</param>
/// <param name="Epochs">Epochs of the 12,000 built-in images.</param>
internal sealed record TrainingJob(string Model, int Batch, int Epochs)
{
    public const float LearningRate = 0.01f,
        Momentum = 0.9f;

    public static IReadOnlyList<TrainingJob> All { get; } =
    [new("mlp", 64, 14), new("mlp", 256, 20), new("cnn", 64, 20), new("mobilenet", 64, 6)];

    /// <summary>Jobs for a GPU.</summary>
    public static IReadOnlyList<TrainingJob> OnGpu { get; } =
    [new("cnn", 64, 18), new("cnn", 512, 50), new("mobilenet", 256, 18)];

    public string Name => $"{Model} {Batch}";

    public static TrainingJob Find(string name) => All.Concat(OnGpu).First(job => job.Name == name);

    public JobOptions Options(string settings) =>
        JobOptionsReader.Read(
            ConfigurationFactory
                .ParseString(settings)
                .WithFallback(
                    ConfigurationFactory.ParseString(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $$"""
                            actortrain.job {
                              name = "{{Name}}", model.name = {{Model}}, data.source = built-in
                              batch-size = {{Batch}}, epochs = {{Epochs}}
                              evaluate-every = {{Epochs}}
                              optimizer { learning-rate = {{LearningRate}}, momentum = {{Momentum}} }
                              schedule.name = constant
                            }
                            """
                        )
                    )
                )
        );
}
