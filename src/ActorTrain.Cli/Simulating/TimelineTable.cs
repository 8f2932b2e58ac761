using ActorTrain.CommandLine.Display;
using ActorTrain.Sentences;
using ActorTrain.TestKit;
using Spectre.Console;

namespace ActorTrain.Cli.Simulating;

/// <summary>A simulation as a table: the job's progress, and between it the faults and events of the cluster.</summary>
internal static class TimelineTable
{
    /// <summary>The number of workers that tables of a simulation list.</summary>
    public const int MostWorkers = 12;

    private const int Intervals = 20,
        MostShares = 5;
    private static readonly string[] ProgressColumns = ["samples", "samples/s", "staleness"];

    public static Table Create(SimulationResult result)
    {
        var workers = WorkersWithShares(result.Timeline);
        string[] columns = ["time", .. ProgressColumns, .. workers, "event"];
        var noProgress = Enumerable.Repeat("", ProgressColumns.Length + workers.Count).ToList();
        var rows = ProgressRows(result.Timeline, workers)
            .Concat(TimelineEvents.FaultRows(result.Faults))
            .Concat(TimelineEvents.EventRows(result.Happened))
            .OrderBy(row => row.At)
            .Select(row => (string[])[Time(row.At), .. row.Progress.Count > 0 ? row.Progress : noProgress, row.Event])
            .ToList();
        return Build(columns, rows);
    }

    // Columns for more workers would not fit.
    private static List<string> WorkersWithShares(IReadOnlyList<TimelinePoint> timeline)
    {
        var workers = timeline
            .SelectMany(point => point.Samples.Keys)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        return workers.Count > MostShares ? [] : workers;
    }

    private static IEnumerable<TimelineRow> ProgressRows(
        IReadOnlyList<TimelinePoint> timeline,
        IReadOnlyList<string> workers
    ) =>
        TimelineInterval
            .Divide(timeline, Intervals)
            .Select(interval => new TimelineRow(interval.End.At, ProgressCells(interval, workers), ""));

    private static List<string> ProgressCells(TimelineInterval interval, IReadOnlyList<string> workers) =>
        [
            Figures.Count(interval.End.SamplesApplied),
            Rate.Format(interval.Throughput),
            Figures.Staleness(interval.Staleness),
            .. Shares.InPercent([.. workers.Select(interval.ShareOf)]).Select(share => $"{share}%"),
        ];

    private static Table Build(string[] columns, IReadOnlyList<string[]> rows)
    {
        var table = Tables.Create(columns);
        // Only the last column may wrap.
        for (var i = 0; i < columns.Length - 1; i++)
            table.Columns[i].Width = rows.Select(row => row[i].Length).Append(columns[i].Length).Max();
        table.Columns[^1].NoWrap = false;
        foreach (var row in rows)
            Tables.AddRow(table, row);
        return table;
    }

    private static string Time(TimeSpan at) =>
        at.TotalHours < 1 ? $"{at:mm\\:ss\\.f}" : $"{(long)at.TotalHours}:{at:mm\\:ss}";
}
