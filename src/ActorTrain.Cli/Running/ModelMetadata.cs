using System.Globalization;
using System.Reflection;
using ActorTrain.Job;

namespace ActorTrain.Cli.Running;

/// <summary>What a saved model's header says about how it came to be.</summary>
internal static class ModelMetadata
{
    public static IReadOnlyDictionary<string, string> Of(JobOptions job, TrainingReport report) => new Dictionary<string, string>
    {
        ["format"] = "pt",
        ["producer"] = $"ActorTrain {Version}",
        ["job"] = report.Job,
        ["model"] = report.Model.Name,
        ["data"] = report.Data.Name,
        ["data_fingerprint"] = report.Data.Fingerprint,
        ["epochs"] = Text(report.Epochs.Count),
        ["batch"] = Text(job.Batch),
        ["seed"] = Text(report.Seed),
        ["samples_applied"] = Text(report.SamplesApplied),
        ["test_accuracy"] = report.TestAccuracy is { } accuracy ? Text(accuracy) : "",
    };

    /// <summary>The same in the middle of a run, as far as it is known then.</summary>
    public static IReadOnlyDictionary<string, string> Of(JobOptions job, JobProgress progress, string model) => new Dictionary<string, string>
    {
        ["format"] = "pt",
        ["producer"] = $"ActorTrain {Version}",
        ["job"] = progress.Job,
        ["model"] = model,
        ["data"] = job.Data.Name,
        ["epochs"] = Text(progress.CompletedEpochs.Count),
        ["batch"] = Text(job.Batch),
        ["seed"] = Text(job.Seed),
        ["samples_applied"] = Text(progress.SamplesApplied),
        ["test_accuracy"] = progress.TestAccuracy is { } accuracy ? Text(accuracy) : "",
    };

    private static string Version =>
        typeof(ModelMetadata).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
