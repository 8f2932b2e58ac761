using System.Globalization;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Settings;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit;

/// <summary>
/// Describes a job that has not ended: its progress, what it waits for, and which nodes are not running.
/// </summary>
internal static class UnendedJob
{
    private const int MostNamed = 10;

    // Progress comes once a second, so one that is older is out of date.
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(10);

    /// <summary>One sentence.</summary>
    /// <param name="now">Virtual time that has passed.</param>
    /// <param name="progress">The job's latest progress; null before the first.</param>
    /// <param name="progressAt">When it was received.</param>
    /// <param name="hasCoordinator">Whether a node hosts the coordinator.</param>
    /// <param name="nodes">All nodes, and whether each was cut off.</param>
    public static string Describe(
        TimeSpan now,
        JobProgress? progress,
        TimeSpan progressAt,
        bool hasCoordinator,
        IReadOnlyList<(SimulatedNode Node, bool IsCut)> nodes
    )
    {
        var clauses = new List<string> { State(progress) };
        if (progress is not null && now - progressAt > Old)
            clauses.Add($"its last progress was at {Seconds(progressAt)} s");
        if (!hasCoordinator)
            clauses.Add("no node hosts the coordinator");
        Add(clauses, nodes.Where(node => node.Node.IsDead), "killed, or gone");
        Add(clauses, nodes.Where(node => node.Node is { IsDead: false, IsFrozen: true }), "frozen");
        Add(clauses, nodes.Where(node => node is { IsCut: true, Node.IsDead: false }), "cut off");
        return $"The job has not ended after {Seconds(now)} s of virtual time: {string.Join("; ", clauses)}.";
    }

    private static string State(JobProgress? progress)
    {
        if (progress is null)
            return "it has sent no progress";
        var reason = progress.Reason.Length > 0 ? $" ({progress.Reason.AsClause()})" : "";
        var samples =
            progress.SamplesExpected > 0
                ? $"{Plural.Number(progress.SamplesApplied)} of {Plural.Format(progress.SamplesExpected, "sample")}"
                : Plural.Format(progress.SamplesApplied, "sample");
        return $"its phase is {Choices.NameOf(progress.Phase).Replace('-', ' ')}{reason}, "
            + $"in epoch {progress.Epoch} of {progress.Epochs}, with {samples} applied";
    }

    private static void Add(List<string> clauses, IEnumerable<(SimulatedNode Node, bool IsCut)> nodes, string what)
    {
        var names = nodes.Select(node => node.Node.Name).ToList();
        if (names.Count == 0)
            return;
        var rest = names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "";
        clauses.Add($"{string.Join(", ", names.Take(MostNamed))}{rest} {(names.Count == 1 ? "is" : "are")} {what}");
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("#,0.#", CultureInfo.InvariantCulture);
}
