using System.Globalization;
using System.Text.RegularExpressions;
using ActorTrain.CommandLine;
using ActorTrain.CommandLine.Display;
using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Display;

public sealed class TablesTests
{
    private static readonly WorkerSummary[] Thirds =
    [
        .. Enumerable.Range(1, 3).Select(i => new WorkerSummary($"host:{i}", "cpu", 1, 100, 10, 50, 1 / 3.0, 0, 0, [])),
    ];

    private static JobProgress Training { get; } =
        new(
            "first",
            JobPhase.Training,
            "",
            1,
            1,
            300,
            300,
            1,
            100,
            0.1,
            0.5,
            [],
            Thirds,
            new StalenessSummary(0, 0, []),
            []
        );

    [Fact]
    public void The_shares_of_workers_add_up_to_100() => Shares(Text(Tables.Workers(Thirds))).ShouldBe([34, 33, 33]);

    [Fact]
    public void The_shares_of_nodes_include_workers_that_have_left()
    {
        var status = new ClusterStatus(
            [new NodeSummary("host:1", ["worker"]), new NodeSummary("host:2", ["worker"])],
            Training
        );

        Shares(Text(Tables.Nodes(status))).ShouldBe([34, 33, 33]);
    }

    [Fact]
    public void A_lost_node_stays_in_the_table_with_the_reason_and_is_not_counted()
    {
        var lost = Thirds[2] with { Absence = "its process is gone" };
        var job = Training with { Workers = [Thirds[0], Thirds[1], lost] };
        var status = new ClusterStatus(
            [
                new NodeSummary("host:1", ["worker"]),
                new NodeSummary("host:3", ["worker"]) { State = NodeState.Lost, Absence = lost.Absence },
            ],
            job
        );

        Text(Tables.Nodes(status)).ShouldContain("lost: its process is gone");
        ProgressLine.Format(job).ShouldContain("  2 workers  ");
    }

    [Fact]
    public void A_restarted_node_has_a_row_of_its_own()
    {
        var lost = new NodeSummary("host:1", ["worker"]) { State = NodeState.Lost, Absence = "it was started again" };
        WorkerSummary[] starts = [Thirds[0] with { Samples = 77 }, Thirds[0] with { Samples = 88, Restarts = 1 }];
        var job = Training with { Workers = starts };
        var lines = Text(
                Tables.Nodes(
                    new ClusterStatus(
                        [lost with { Restarts = 1, State = NodeState.Present, Absence = null }, lost],
                        job
                    )
                )
            )
            .Split('\n')
            .Where(line => line.Contains("host:1", StringComparison.Ordinal))
            .ToList();
        lines[0].ShouldContain("host:1 (restart 1) ");
        lines[1].ShouldContain("lost: it was started again");
        Text(Tables.Workers(starts)).ShouldMatch(@"host:1 +cpu +1 +77 [^\n]*\n +host:1 \(restart 1\) +cpu +1 +88 ");
    }

    [Fact]
    public void A_long_reason_does_not_wrap_the_other_columns()
    {
        var reason = "it was removed from the cluster, since it did not answer or its process is gone";
        var gone = new NodeSummary("10.0.0.1:40531", ["coordinator", "worker"])
        {
            State = NodeState.Lost,
            Absence = reason,
        };
        var worker = Thirds[0] with { Node = gone.Node, Device = "cpu (AMD EPYC)", Throughput = 12_345 };
        var table = Text(Tables.Nodes(new ClusterStatus([gone], Training with { Workers = [worker] })));
        table.ShouldMatch(@"10\.0\.0\.1:40531 +coordinator, worker +cpu \(AMD EPYC\) +33% +12,345 +0\.0 +lost: it was");
    }

    [Fact]
    public void A_worker_lost_under_an_earlier_coordinator_stays_in_the_table()
    {
        var job = Training with { Workers = [Thirds[0], Thirds[1] with { Absence = "its process is gone" }] };
        Text(Tables.Nodes(new ClusterStatus([new NodeSummary("host:1", ["worker"])], job)))
            .ShouldMatch(@"host:2 +worker +cpu .* lost: its process is gone");
    }

    [Theory]
    [InlineData(NodeState.Left, "it left the cluster", "left: it left the cluster")]
    [InlineData(NodeState.Draining, null, "draining: it hands over what it has")]
    public void A_node_that_leaves_in_order_says_so(NodeState state, string? absence, string condition)
    {
        var node = new NodeSummary("host:1", ["worker"]) { State = state, Absence = absence };
        Text(Tables.Nodes(new ClusterStatus([node], Training))).ShouldContain(condition);
    }

    [Fact]
    public void Throughput_is_in_samples_per_second()
    {
        Text(Tables.Workers(Thirds)).ShouldContain(" samples/s ");
        Text(Tables.Nodes(new ClusterStatus([], Training))).ShouldContain(" samples/s ");
        Summary
            .Line(Report, canceled: false)
            .ShouldBe("first: done after 2s, 150 samples/s, test mean absolute error 3.7000");
    }

    [Fact]
    public void The_summary_of_a_canceled_job_says_so() =>
        Summary.Line(Report, canceled: true).ShouldStartWith("first: canceled after 2s");

    [Fact]
    public void One_parameter_and_one_sample_are_singular() =>
        Summary
            .Lines(Report, canceled: false)
            .ElementAt(1)
            .ShouldBe("line with 1 parameter on points (300 + 1 sample)");

    private static TrainingReport Report { get; } =
        new(
            "first",
            new ModelSummary("line", 1),
            new DatasetSummary("points", 300, 1, "aa"),
            "asynchronous",
            1,
            3.7,
            [],
            300,
            300,
            0,
            2,
            150,
            [],
            [],
            new StalenessSummary(0, 0, []),
            [],
            "mean absolute error"
        );

    private static IEnumerable<int> Shares(string table) =>
        Regex.Matches(table, @"(\d+)%").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    private static string Text(Spectre.Console.Table table)
    {
        var output = new StringWriter();
        new Terminal("test", output, output, IsInteractive: false).Write(table);
        return output.ToString();
    }
}
