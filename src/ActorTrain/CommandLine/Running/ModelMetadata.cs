using System.Globalization;
using System.Reflection;
using ActorTrain.Job;

namespace ActorTrain.CommandLine.Running;

/// <summary>What a saved model's header says about how it came to be.</summary>
internal static class ModelMetadata
{
    /// <summary>Of a run that has ended.</summary>
    public static IReadOnlyDictionary<string, string> Of(JobOptions job, TrainingReport report) => new Dictionary<string, string>(
        Of(job, report.Model.Name, report.Epochs.Count, report.SamplesApplied, report.TestAccuracy, report.Metric))
    {
        ["data_fingerprint"] = report.Data.Fingerprint,
    };

    /// <summary>In the middle of a run, as far as it is known then.</summary>
    public static IReadOnlyDictionary<string, string> Of(JobOptions job, JobProgress progress, string model) =>
        Of(job, model, progress.CompletedEpochs.Count, progress.SamplesApplied, progress.TestAccuracy, progress.Metric);

    private static Dictionary<string, string> Of(JobOptions job, string model, int epochs, long samplesApplied, double? testAccuracy, string metric) => new()
    {
        ["format"] = "pt",
        ["producer"] = $"ActorTrain {Version}",
        ["job"] = job.Name,
        ["model"] = model,
        ["data"] = job.Data.Name,
        ["epochs"] = Text(epochs),
        ["batch"] = Text(job.Batch),
        ["seed"] = Text(job.Seed),
        ["samples_applied"] = Text(samplesApplied),
        ["metric"] = metric,
        ["test_accuracy"] = testAccuracy is { } accuracy ? Text(accuracy) : "",
    };

    private static string Version =>
        typeof(ModelMetadata).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
