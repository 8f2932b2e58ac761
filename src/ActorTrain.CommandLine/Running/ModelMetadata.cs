using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using ActorTrain.Job;
using ActorTrain.Saving;

namespace ActorTrain.CommandLine.Running;

/// <summary>The metadata in a saved model's header: how it was trained.</summary>
internal static class ModelMetadata
{
    // The text is for people and PyTorch, not for HTML: names need no HTML escapes.
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Of a job that has ended.</summary>
    public static IReadOnlyDictionary<string, string> Create(JobOptions job, TrainingReport report) =>
        Create(
            job,
            report.Model.Name,
            report.Data,
            report.Epochs.Count,
            report.SamplesApplied,
            report.TestAccuracy,
            report.Metric
        );

    /// <summary>Of a running job, as far as it is known.</summary>
    public static IReadOnlyDictionary<string, string> Create(JobOptions job, JobProgress progress, TrainedModel model)
    {
        var epochs = progress.CompletedEpochs.Count;
        return Create(
            job,
            model.Description.Name,
            model.Data,
            epochs,
            progress.SamplesApplied,
            progress.TestAccuracy,
            progress.Metric
        );
    }

    private static Dictionary<string, string> Create(
        JobOptions job,
        string model,
        DatasetSummary? data,
        int epochs,
        long samplesApplied,
        double? testAccuracy,
        string metric
    )
    {
        var metadata = new Dictionary<string, string>
        {
            ["format"] = "pt",
            ["producer"] = $"ActorTrain {Version}",
            ["job"] = job.Name,
            ["model"] = model,
            ["data"] = data?.Name ?? job.Data.Name,
            ["epochs"] = Text(epochs),
            ["batch_size"] = Text(job.BatchSize),
            ["seed"] = Text(job.Seed),
            ["samples_applied"] = Text(samplesApplied),
            ["metric"] = metric,
            ["test_accuracy"] = testAccuracy is { } accuracy ? Text(accuracy) : "",
        };
        if (data is null)
            return metadata;
        metadata["data_fingerprint"] = data.Fingerprint;
        if (data.Classes is { } classes)
            metadata["data_classes"] = Text(classes);
        if (data.ClassNames is { } names)
            metadata["data_class_names"] = JsonSerializer.Serialize(names, Readable);
        if (data.Mean is { } mean)
            metadata["data_mean"] = Text(mean);
        if (data.Deviation is { } deviation)
            metadata["data_deviation"] = Text(deviation);
        return metadata;
    }

    private static string Version =>
        typeof(ModelMetadata)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "";

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
