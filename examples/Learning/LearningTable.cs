using System.Globalization;
using System.Text;

namespace Learning;

/// <summary>The results as Markdown: a table of accuracies, and one of staleness and time.</summary>
internal static class LearningTable
{
    public static string Create(
        Setup setup,
        IReadOnlyList<string> methods,
        IReadOnlyList<int> workers,
        IReadOnlyList<CellResult> results
    )
    {
        var cells = results.ToLookup(result => (result.Method, result.Workers));
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Test accuracy in %, mean ± sample standard deviation over the seeds, and in brackets the difference from "
                + $"the first column, in points. {setup}.\n"
        );
        Table(
            text,
            methods,
            workers,
            (method, count) =>
                Accuracy([.. cells[(method, count)]], count == workers[0] ? [] : Ended(cells[(method, workers[0])]))
        );
        text.AppendLine("\nMean staleness in updates, and the time that the cluster takes, in virtual seconds.\n");
        Table(text, methods, workers, (method, count) => Cost([.. cells[(method, count)]]));
        foreach (
            var group in results
                .Where(result => result.Note.Length > 0)
                .GroupBy(result => (result.Method, result.Workers, result.Outcome, result.Note))
        )
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"\n{group.Key.Method}, {group.Key.Workers} workers, seeds "
                    + $"{string.Join(", ", group.Select(result => result.Seed).Order())} {group.Key.Outcome}: "
                    + $"{group.Key.Note}"
            );
        return text.ToString();
    }

    private static void Table(
        StringBuilder text,
        IReadOnlyList<string> methods,
        IReadOnlyList<int> workers,
        Func<string, int, string> cell
    )
    {
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"| method | {string.Join(" | ", workers.Select(count => count == 1 ? "1 worker" : $"{count} workers"))} |"
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"|---|{string.Concat(Enumerable.Repeat("---:|", workers.Count))}"
        );
        foreach (var method in methods)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {method} | {string.Join(" | ", workers.Select(count => cell(method, count)))} |"
            );
    }

    // Over all seeds with an accuracy: a mean over those that trained would be too good.
    private static string Accuracy(IReadOnlyList<CellResult> cell, List<double> first)
    {
        var ended = Ended(cell);
        var parts = new List<string>();
        if (ended.Count > 0)
            parts.Add(
                Spread(ended)
                    + (
                        first.Count == 0
                            ? ""
                            : string.Create(
                                CultureInfo.InvariantCulture,
                                $" ({100 * (ended.Average() - first.Average()):+0.0;−0.0;0.0})"
                            )
                    )
            );
        foreach (
            var outcome in cell.Where(result => result.Outcome != CellResult.Trained).GroupBy(result => result.Outcome)
        )
            parts.Add($"{outcome.Count()} of {cell.Count} {outcome.Key}");
        return string.Join(", ", parts);
    }

    private static List<double> Ended(IEnumerable<CellResult> cell) =>
        [.. cell.Select(result => result.Accuracy).Where(accuracy => !double.IsNaN(accuracy))];

    private static string Spread(List<double> values)
    {
        var mean = values.Average();
        // One run has no deviation.
        if (values.Count == 1)
            return string.Create(CultureInfo.InvariantCulture, $"{100 * mean:0.0}");
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return string.Create(CultureInfo.InvariantCulture, $"{100 * mean:0.0} ± {100 * deviation:0.0}");
    }

    private static string Cost(IReadOnlyList<CellResult> cell)
    {
        var ended = cell.Where(result => !double.IsNaN(result.Staleness)).ToList();
        return ended.Count == 0
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{ended.Average(result => result.Staleness):0.0}, {ended.Average(result => result.ClusterSeconds):0} s"
            );
    }
}
