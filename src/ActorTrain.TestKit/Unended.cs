using System.Globalization;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Settings;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit;

/// <summary>
/// Says of a job that has not ended how far it is, what it waits for, and which nodes are not at work.
/// </summary>
internal static class Unended
{
    private const int MostNamed = 10;

    // Progress is told once a second; what is older than this is no longer how things are.
    private static readonly TimeSpan Old = TimeSpan.FromSeconds(10);

    /// <summary>One sentence.</summary>
    /// <param name="now">Virtual time that has passed.</param>
    /// <param name="progress">The job's latest word; null before the first.</param>
    /// <param name="told">When it was told.</param>
    /// <param name="hasCoordinator">Whether some node holds the coordinator.</param>
    /// <param name="nodes">All nodes, and whether each was cut off.</param>
    public static string Sentence(
        TimeSpan now,
        JobProgress? progress,
        TimeSpan told,
        bool hasCoordinator,
        IReadOnlyList<(SimulatedNode Node, bool IsCut)> nodes
    )
    {
        var clauses = new List<string> { State(progress) };
        if (progress is not null && now - told > Old)
            clauses.Add($"its last word was at {Seconds(told)} s");
        if (!hasCoordinator)
            clauses.Add("no node holds the coordinator");
        Add(clauses, nodes.Where(node => node.Node.IsDead), "killed, or gone");
        Add(clauses, nodes.Where(node => node.Node is { IsDead: false, IsFrozen: true }), "frozen");
        Add(clauses, nodes.Where(node => node is { IsCut: true, Node.IsDead: false }), "cut off");
        return $"The job has not ended after {Seconds(now)} s of virtual time: {string.Join("; ", clauses)}.";
    }

    private static string State(JobProgress? progress)
    {
        if (progress is null)
            return "nothing was heard of it";
        var reason = progress.Reason.Length > 0 ? $" ({progress.Reason.AsClause()})" : "";
        var samples =
            progress.SamplesExpected > 0
                ? $"{Plural.Number(progress.SamplesApplied)} of {Plural.Of(progress.SamplesExpected, "sample")}"
                : Plural.Of(progress.SamplesApplied, "sample");
        return $"its phase is {Choices.NameOf(progress.Phase)}{reason}, "
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
