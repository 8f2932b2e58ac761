using System.CommandLine;
using System.Diagnostics;
using ActorTrain.CommandLine;
using ActorTrain.CommandLine.Display;
using ActorTrain.CommandLine.Options;
using ActorTrain.CommandLine.Running;
using ActorTrain.Hosting;
using ActorTrain.TestKit.Laws;

namespace ActorTrain.Cli.Proving;

/// <summary>
/// <c>actortrain laws</c>: what mathematics says of distributed training, measured on the real actors.
/// </summary>
internal static class LawsVerb
{
    public static Command Create(Terminal terminal, NodeProgram program)
    {
        var command = new Command(
            "laws",
            "Measures what mathematics says of distributed training, on the real actors in virtual time. "
                + $"Exit code {ExitCodes.Failed}: a law does not hold."
        );
        var only = OptionText.Named("--only", "N", $"One law alone, 1 to {LawBook.All.Count}.");
        var report = OptionText.Named("--report", "FILE", "Write what was measured there, as JSON.");
        var quiet = new Option<bool>("--quiet") { Description = "Show nothing but the result." };
        command.Add(only);
        command.Add(report);
        command.Add(quiet);
        ExampleHelp.AddTo(command, "actortrain laws", "actortrain laws --only 2 --report laws.json");
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var number = parsed.Whole(only, otherwise: 0, least: 1, most: LawBook.All.Count);
                OutputFile.CheckAll((parsed.GetValue(report), report.Name));
                var watch = Stopwatch.StartNew();
                using var interruption = new Interruption();
                var measured = new List<MeasuredLaw>();
                foreach (var (index, law) in LawBook.All.Index().Where(law => number == 0 || law.Index + 1 == number))
                {
                    measured.Add(MeasuredLaw.Of(index + 1, law, interruption.Token));
                    if (parsed.GetValue(quiet))
                        continue;
                    terminal.Output.WriteLine(measured[^1].Heading);
                    terminal.Write(LawTable.Of(measured[^1]));
                }
                var laws = new LawReport(measured, watch.Elapsed.TotalSeconds);
                var files = ResultFiles.Of(terminal);
                if (parsed.GetValue(report) is { } asked)
                    await files.WriteAsync(asked, path => laws.WriteFileAsync(path, cancellation));
                terminal.Output.WriteLine(laws.Line);
                return laws.Holds && files.AllInPlace ? ExitCodes.Finished : ExitCodes.Failed;
            }
        );
        return command;
    }
}
