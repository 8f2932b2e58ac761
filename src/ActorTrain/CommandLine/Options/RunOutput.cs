using System.CommandLine;
using ActorTrain.CommandLine.Running;

namespace ActorTrain.CommandLine.Options;

/// <summary>What a job-running verb shows and leaves behind.</summary>
/// <param name="Report">File for the report, or null.</param>
/// <param name="Model">File for the trained model, or null.</param>
/// <param name="SaveEvery">Epochs between two saves while it trains; 0 saves at the end alone.</param>
/// <param name="Quiet">Show nothing but the result.</param>
/// <param name="Plain">No live view, also in a terminal.</param>
internal sealed record RunOutput(string? Report, string? Model, int SaveEvery, bool Quiet, bool Plain)
{
    private const int MostEpochs = 1_000_000;

    /// <summary>
    /// The options, and how to read them. Files are tried at once, so that a wrong path is not found after the
    /// training.
    /// </summary>
    public static Func<ParseResult, RunOutput> AddTo(Command command)
    {
        var report = OptionText.Named("--report", "FILE", "Write the report there, as JSON.");
        var save = OptionText.Named("--save", "FILE", "Write the trained model there, as safetensors.");
        var saveEvery = OptionText.Named(
            "--save-every",
            "EPOCHS",
            "Write the model every so many epochs, too, in case that the run does not reach its end."
        );
        var quiet = new Option<bool>("--quiet") { Description = "Show nothing but the result." };
        var plain = new Option<bool>("--plain") { Description = "Lines of text instead of a live view." };
        command.Add(report);
        command.Add(save);
        command.Add(saveEvery);
        command.Add(quiet);
        command.Add(plain);
        return parsed =>
        {
            var output = new RunOutput(
                parsed.GetValue(report),
                parsed.GetValue(save),
                parsed.Whole(saveEvery, 0, 1, MostEpochs),
                parsed.GetValue(quiet),
                parsed.GetValue(plain)
            );
            if (output.SaveEvery > 0 && output.Model is null)
                throw new ActorTrainException(
                    $"{saveEvery.Name} is given without {save.Name} FILE, which says where to."
                );
            OutputFile.CheckAll(
                (output.Report, report.Name),
                (output.Model, save.Name),
                (parsed.GetValue(LogOptions.File), LogOptions.File.Name)
            );
            return output;
        };
    }
}
