using System.Text.Json;

namespace ActorTrain.Job;

/// <summary>The status of a cluster as JSON, for programs that watch one.</summary>
internal static class ClusterStatusJson
{
    /// <summary>The status as indented JSON with camelCase keys; a number that is not finite is <c>null</c>.</summary>
    public static string Serialize(ClusterStatus status) =>
        JsonSerializer.Serialize(status, ReportJsonContext.Default.ClusterStatus) + "\n";
}
