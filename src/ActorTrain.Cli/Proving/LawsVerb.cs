using System.CommandLine;
using System.Diagnostics;
using ActorTrain.CommandLine;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.Hosting;
using ActorTrain.TestKit.Laws;

namespace ActorTrain.Cli.Proving;

/// <summary>
/// <c>actortrain laws</c>: theorems about distributed training, measured on the real actors.
/// </summary>
internal static class LawsVerb
{
    public static Command Create(Terminal terminal, NodeProgram program)
    {
        var command = new Command(
            "laws",
            "Checks theorems about distributed training on the real actors in virtual time. "
                + $"Exit code {ExitCodes.Failed}: a law does not hold."
        );
        var only = OptionText.Create("--only", "N", $"One law alone, 1 to {LawCatalog.All.Count}.");
        var report = OptionText.Create("--report", "FILE", "Write the measurements there, as JSON.");
        var quiet = new Option<bool>("--quiet") { Description = "Show nothing but the result." };
        command.Add(only);
        command.Add(report);
        command.Add(quiet);
        ExampleHelp.AddTo(command, "actortrain laws", "actortrain laws --only 2 --report laws.json");
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var number = parsed.ReadInteger(only, defaultValue: 0, minimum: 1, maximum: LawCatalog.All.Count);
                OutputFile.CheckAll((parsed.GetValue(report), report.Name));
                var watch = Stopwatch.StartNew();
                using var interruption = new Interruption();
                var measured = new List<MeasuredLaw>();
                foreach (
                    var (index, law) in LawCatalog.All.Index().Where(law => number == 0 || law.Index + 1 == number)
                )
                {
                    measured.Add(MeasuredLaw.Measure(index + 1, law, interruption.Token));
                    if (parsed.GetValue(quiet))
                        continue;
                    terminal.Output.WriteLine(measured[^1].Heading);
                    terminal.Write(LawTable.Create(measured[^1]));
                }
                var laws = new LawReport(measured, watch.Elapsed.TotalSeconds);
                var files = ResultFiles.Create(terminal);
                if (parsed.GetValue(report) is { } asked)
                    await files.WriteAsync(asked, path => laws.WriteFileAsync(path, cancellation));
                terminal.Output.WriteLine(laws.Line);
                return laws.Holds && files.AllInPlace ? ExitCodes.Finished : ExitCodes.Failed;
            }
        );
        return command;
    }
}
