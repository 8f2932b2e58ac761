using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Settings;
using Spectre.Console;

namespace ActorTrain.CommandLine.Display;

/// <summary>The tables that verbs show.</summary>
internal static class Tables
{
    /// <summary>One row for each worker.</summary>
    public static Table Workers(IReadOnlyList<WorkerSummary> workers)
    {
        var table = Create("worker", "device", "threads", "samples", "share", "samples/s", "staleness", "max");
        foreach (var (worker, share) in workers.Zip(Shares.InPercent([.. workers.Select(worker => worker.Share)])))
            AddRow(
                table,
                NodeName.Format(worker.Node, worker.Restarts),
                worker.Device,
                $"{worker.Threads}",
                Figures.Count(worker.Samples),
                $"{share}%",
                Rate.Format(worker.Throughput),
                Figures.Staleness(worker.StalenessMean),
                $"{worker.StalenessMax}"
            );
        return table;
    }

    /// <summary>One row for each node of the cluster, with its part in the running job.</summary>
    public static Table Nodes(ClusterStatus status)
    {
        var table = Create("node", "roles", "device", "share", "samples/s", "staleness", "");
        var workers = status.Job?.Workers ?? [];
        // Shares of all workers, including those that left: their samples are a part of the whole.
        var parts = workers
            .Zip(Shares.InPercent([.. workers.Select(worker => worker.Share)]))
            .ToDictionary(pair => (pair.First.Node, pair.First.Restarts));
        // A coordinator that adopted a job does not know the nodes that were lost before.
        var unknown = workers
            .ExceptBy(status.Nodes.Select(node => (node.Node, node.Restarts)), worker => (worker.Node, worker.Restarts))
            .Select(worker => new NodeSummary(worker.Node, [NodeRoles.Worker])
            {
                Restarts = worker.Restarts,
                State = worker.Absence is null ? NodeState.Present : NodeState.Lost,
                Absence = worker.Absence,
            });
        foreach (var node in status.Nodes.Concat(unknown))
        {
            parts.TryGetValue((node.Node, node.Restarts), out var part);
            var (worker, share) = part;
            AddRow(
                table,
                NodeName.Format(node.Node, node.Restarts),
                string.Join(", ", node.Roles),
                worker?.Device ?? "",
                worker is null ? "" : $"{share}%",
                worker is null ? "" : Rate.Format(worker.Throughput),
                worker is null ? "" : Figures.Staleness(worker.StalenessMean),
                Condition(node, worker)
            );
        }
        return table;
    }

    private static string Condition(NodeSummary node, WorkerSummary? worker) =>
        node.State switch
        {
            NodeState.Draining => "draining: it hands over what it has",
            NodeState.Left or NodeState.Lost => $"{Choices.NameOf(node.State)}: {node.Absence}",
            _ => worker?.Absence is { } absence ? $"its worker is gone: {absence}" : "",
        };

    /// <summary>One row for each job of a cluster.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="now">The time.</param>
    public static Table Jobs(IReadOnlyList<JobSummary> jobs, DateTimeOffset now)
    {
        var table = Create("id", "job", "state", "samples", "age", "by", "kept by", "");
        foreach (var job in jobs)
            AddRow(
                table,
                job.JobId,
                job.Job,
                ProgressLine.Phase(job.Phase),
                job.SamplesExpected == 0
                    ? ""
                    : $"{Figures.Count(job.SamplesApplied)}/{Figures.Count(job.SamplesExpected)}",
                Figures.Duration((now - job.Submitted).TotalSeconds),
                job.Submitter,
                string.Join(", ", job.KeptBy),
                job.Reason
            );
        return table;
    }

    /// <summary>An empty table. A column without a title holds sentences, which may wrap.</summary>
    public static Table Create(params IReadOnlyList<string> columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column) { NoWrap = column.Length > 0 });
        return table;
    }

    /// <summary>Adds a row to a table.</summary>
    public static void AddRow(Table table, params IReadOnlyList<string> cells) =>
        table.AddRow(cells.Select(cell => new Text(cell)));
}
