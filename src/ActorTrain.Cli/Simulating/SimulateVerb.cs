using System.CommandLine;
using ActorTrain.CommandLine;
using ActorTrain.CommandLine.Display;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.Files;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Settings;
using ActorTrain.TestKit;
using ActorTrain.TestKit.Scripts;
using Akka.Configuration;

namespace ActorTrain.Cli.Simulating;

/// <summary><c>actortrain simulate</c>: a whole cluster and its faults in virtual time.</summary>
internal static class SimulateVerb
{
    private const string Data = "actortrain.worker.data",
        Threads = "actortrain.worker.threads";
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    public static Command Create(Terminal terminal, NodeProgram program)
    {
        var command = new Command(
            "simulate",
            "Simulates a job: a whole cluster in virtual time, with the nodes, links and faults of a script."
        );
        var file = new Argument<string?>("SCRIPT.conf")
        {
            Description = "A simulation script; see hocon/simulations.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var settings = new JobSettings(command, program);
        var data = OptionText.Create(
            "--data",
            "DIR",
            "Folder of the data set's files, where the script's engine is model."
        );
        var report = OptionText.Create("--report", "FILE", "Write the report to this file, as JSON.");
        var plot = OptionText.Create(
            "--plot",
            "FILE",
            "Write a page with the shares, throughput and staleness over time there, as HTML."
        );
        var quiet = new Option<bool>("--quiet") { Description = "Show only the result." };
        command.Add(file);
        command.Add(data);
        command.Add(report);
        command.Add(plot);
        command.Add(quiet);
        ExampleHelp.AddTo(
            command,
            "actortrain simulate hocon/simulations/trouble.conf",
            "actortrain simulate hocon/simulations/gpu-dies.conf --report report.json --plot plot.html"
        );
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var source =
                    parsed.GetValue(file)
                    ?? throw new ActorTrainException(
                        "simulate needs SCRIPT.conf, a simulation script such as hocon/simulations/trouble.conf."
                    );
                OutputFile.CheckAll((parsed.GetValue(report), report.Name), (parsed.GetValue(plot), plot.Name));
                using var interruption = new Interruption();
                var script = SimulationScript.Read(source, settings.Overrides(parsed));
                var simulation = script.Simulation;
                if (script.Engine == ScriptEngine.Model)
                {
                    program.Validate(script.Job);
                    var engine = NodeSettingsReader.Engine(
                        Config.Empty,
                        [new SettingOverride(Threads, "1", "default"), .. parsed.Override(data, Data)]
                    );
                    simulation = simulation with { Engines = program.EnginesFor(engine, script.Job) };
                }
                var result = Run(simulation, script.Job, interruption.Token);
                var files = ResultFiles.Create(terminal);
                if (!parsed.GetValue(quiet))
                    Show(terminal, result);
                if (result.Report is { } done)
                {
                    if (parsed.GetValue(report) is { } asked)
                        await files.WriteAsync(
                            asked,
                            path => TrainingReportJson.WriteFileAsync(done, path, cancellation)
                        );
                    terminal.Output.WriteLine(Summary.Line(done, canceled: false));
                }
                if (parsed.GetValue(plot) is { } page)
                    await files.WriteAsync(
                        page,
                        path => WholeFile.WriteAsync(path, PlotPage.Create(result), "the plot", cancellation)
                    );
                // The failure of a job that did not end already has the time.
                if (result.Failure is { } failure)
                    throw new JobFailedException(
                        !result.HasEnded
                            ? failure
                            : $"{failure.AsClause()}; {Figures.Duration(result.Time.TotalSeconds)} of virtual time "
                                + $"had passed."
                    );
                foreach (var violation in result.Violations)
                    terminal.WriteError(violation);
                return result.Violations.Count == 0 && files.AllInPlace ? ExitCodes.Finished : ExitCodes.Failed;
            }
        );
        return command;
    }

    // In slices, to respond to Ctrl-C.
    private static SimulationResult Run(Simulation simulation, JobOptions job, CancellationToken stop)
    {
        using var run = simulation.Start(job);
        while (!run.HasEnded && run.Now < simulation.Limit)
        {
            stop.ThrowIfCancellationRequested();
            run.Advance(Slice);
        }
        return run.ToEnd();
    }

    private static void Show(Terminal terminal, SimulationResult result)
    {
        terminal.Write(TimelineTable.Create(result));
        if (result.Report is not { } report)
            return;
        terminal.Write(
            Tables.Workers([
                .. report.Workers.OrderByDescending(worker => worker.Samples).Take(TimelineTable.MostWorkers),
            ])
        );
        if (report.Workers.Count > TimelineTable.MostWorkers)
            terminal.Output.WriteLine(
                $"and {Plural.Format(report.Workers.Count - TimelineTable.MostWorkers, "worker")} more"
            );
        foreach (var line in Summary.Lines(report, canceled: false).Skip(1))
            terminal.Output.WriteLine(line);
    }
}
