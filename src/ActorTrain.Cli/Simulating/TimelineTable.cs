using ActorTrain.CommandLine.Display;
using ActorTrain.Sentences;
using ActorTrain.TestKit;
using Spectre.Console;

namespace ActorTrain.Cli.Simulating;

/// <summary>
/// A simulation as a table: how the job went, and in between what was done to the cluster and what the cluster said.
/// </summary>
internal static class TimelineTable
{
    /// <summary>Workers that are shown one by one.</summary>
    public const int MostWorkers = 12;

    private const int Stretches = 20,
        MostShares = 5;

    public static Table Of(SimulationResult result)
    {
        var workers = result
            .Timeline.SelectMany(point => point.Samples.Keys)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        if (workers.Count > MostShares)
            workers = [];
        string[] columns = ["time", "samples", "samples/s", "staleness", .. workers, "what happens"];
        var rows = Progress(result, workers)
            .Concat(Told(result))
            .OrderBy(row => row.At)
            .Select(row =>
                (string[])
                    [
                        Time(row.At),
                        .. row.Cells.Count > 0 ? row.Cells : Enumerable.Repeat("", workers.Count + 3),
                        row.What,
                    ]
            )
            .ToList();
        var table = Tables.With(columns);
        // Words are wrapped, figures are not.
        for (var i = 0; i < columns.Length - 1; i++)
            table.Columns[i].Width = rows.Select(row => row[i].Length).Append(columns[i].Length).Max();
        table.Columns[^1].NoWrap = false;
        foreach (var row in rows)
            Tables.Row(table, row);
        return table;
    }

    private static IEnumerable<(TimeSpan At, IReadOnlyList<string> Cells, string What)> Progress(
        SimulationResult result,
        List<string> workers
    ) =>
        TimelineStretch
            .Of(result.Timeline, Stretches)
            .Select(stretch =>
                (
                    stretch.End.At,
                    (IReadOnlyList<string>)
                        [
                            Figures.Count(stretch.End.SamplesApplied),
                            Rate.Of(stretch.Throughput),
                            Figures.Staleness(stretch.Staleness),
                            .. Shares.InPercent([.. workers.Select(stretch.ShareOf)]).Select(share => $"{share}%"),
                        ],
                    ""
                )
            );

    private static IEnumerable<(TimeSpan At, IReadOnlyList<string> Cells, string What)> Told(SimulationResult result)
    {
        foreach (var (at, fault) in result.Faults)
            yield return (at, [], $"▸ {fault.Words}");
        // Ten that join at once are one line.
        foreach (
            var same in result.Happened.GroupBy(happened =>
                (Second: (long)happened.At.TotalSeconds, happened.Event.Kind)
            )
        )
        {
            var (at, first) = same.First();
            var nodes = same.Select(happened => happened.Event.Node)
                .Distinct()
                .OrderBy(node => node.Length)
                .ThenBy(node => node, StringComparer.Ordinal)
                .ToList();
            var named =
                nodes.Count <= MostShares
                    ? string.Join(", ", nodes)
                    : $"{nodes[0]}, {nodes[1]}, … {nodes[^1]} ({nodes.Count})";
            yield return (
                at,
                [],
                nodes.Count == 1 ? $"{first.Kind} {named}: {first.Reason}; {first.Remedy}" : $"{first.Kind} {named}"
            );
        }
    }

    private static string Time(TimeSpan at) =>
        at.TotalHours < 1 ? $"{at:mm\\:ss\\.f}" : $"{(long)at.TotalHours}:{at:mm\\:ss}";
}
