using System.Text.Json;

namespace ActorTrain.Job;

/// <summary>The jobs of a cluster as JSON, for programs that watch one.</summary>
internal static class JobSummaryJson
{
    /// <summary>The jobs as an indented JSON array with camelCase keys.</summary>
    public static string Serialize(IReadOnlyList<JobSummary> jobs) =>
        JsonSerializer.Serialize(jobs, ReportJsonContext.Default.IReadOnlyListJobSummary) + "\n";

    /// <summary>Reads the output of <see cref="Serialize"/>.</summary>
    public static IReadOnlyList<JobSummary> Deserialize(string json) =>
        JsonSerializer.Deserialize(json, ReportJsonContext.Default.IReadOnlyListJobSummary) ?? [];
}
