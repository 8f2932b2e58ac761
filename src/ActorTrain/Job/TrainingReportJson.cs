using System.Text.Json;
using ActorTrain.Files;
using ActorTrain.Sentences;

namespace ActorTrain.Job;

/// <summary>The report as JSON. Its keys are a stable format for other programs.</summary>
public static class TrainingReportJson
{
    /// <summary>The report as indented JSON with camelCase keys; a number that is not finite is <c>null</c>.</summary>
    public static string Serialize(TrainingReport report) =>
        JsonSerializer.Serialize(report, ReportJsonContext.Default.TrainingReport) + "\n";

    /// <summary>Reads the output of <see cref="Serialize"/>.</summary>
    /// <exception cref="ActorTrainException">The text is no report.</exception>
    public static TrainingReport Deserialize(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ReportJsonContext.Default.TrainingReport)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException wrong)
        {
            throw new ActorTrainException($"this is no report: {wrong.AsClause()}.", wrong);
        }
    }

    /// <summary>
    /// Writes the report to a file, under a temporary name first, so that readers never see a part of it.
    /// </summary>
    /// <exception cref="ActorTrainException">The file cannot be written.</exception>
    public static Task WriteFileAsync(TrainingReport report, string path, CancellationToken cancellation = default) =>
        WholeFile.WriteAsync(path, Serialize(report), "the report", cancellation);
}
