using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Sentences;
using Spectre.Console;

namespace ActorTrain.CommandLine.Display;

/// <summary>The tables that verbs show.</summary>
internal static class Tables
{
    /// <summary>One row a worker.</summary>
    public static Table Workers(IReadOnlyList<WorkerSummary> workers)
    {
        var table = With("worker", "device", "threads", "samples", "share", "samples/s", "staleness", "max");
        foreach (var (worker, share) in workers.Zip(Shares.InPercent([.. workers.Select(worker => worker.Share)])))
            Row(
                table,
                NodeName.Of(worker.Node, worker.Restarts),
                worker.Device,
                $"{worker.Threads}",
                Figures.Count(worker.Samples),
                $"{share}%",
                Rate.Of(worker.Throughput),
                Figures.Staleness(worker.StalenessMean),
                $"{worker.StalenessMax}"
            );
        return table;
    }

    /// <summary>One row a node of the cluster, with what it does for the job that runs.</summary>
    public static Table Nodes(ClusterStatus status)
    {
        var table = With("node", "roles", "device", "share", "samples/s", "staleness", "");
        var workers = status.Job?.Workers ?? [];
        // Of all workers, also of those that have left: what they did is a part of the whole, too.
        var parts = workers
            .Zip(Shares.InPercent([.. workers.Select(worker => worker.Share)]))
            .ToDictionary(pair => (pair.First.Node, pair.First.Restarts));
        // A coordinator that has gone on with another's job does not know the nodes that were lost before it.
        var before = workers
            .ExceptBy(status.Nodes.Select(node => (node.Node, node.Restarts)), worker => (worker.Node, worker.Restarts))
            .Select(worker => new NodeSummary(worker.Node, [NodeRoles.Worker])
            {
                Restarts = worker.Restarts,
                Absence = worker.Absence,
            });
        foreach (var node in status.Nodes.Concat(before))
        {
            parts.TryGetValue((node.Node, node.Restarts), out var part);
            var (worker, share) = part;
            Row(
                table,
                NodeName.Of(node.Node, node.Restarts),
                string.Join(", ", node.Roles),
                worker?.Device ?? "",
                worker is null ? "" : $"{share}%",
                worker is null ? "" : Rate.Of(worker.Throughput),
                worker is null ? "" : Figures.Staleness(worker.StalenessMean),
                (node.Absence ?? worker?.Absence) is { } absence ? $"gone: {absence}" : ""
            );
        }
        return table;
    }

    /// <summary>An empty table. A column without a title holds sentences, which go on in the next line.</summary>
    public static Table With(params IReadOnlyList<string> columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column) { NoWrap = column.Length > 0 });
        return table;
    }

    /// <summary>Adds a row to a table.</summary>
    public static void Row(Table table, params IReadOnlyList<string> cells) =>
        table.AddRow(cells.Select(cell => new Text(cell)));
}
