using System.CommandLine;
using ActorTrain.CommandLine.Running;

namespace ActorTrain.CommandLine.Options;

/// <summary>What a verb that runs a job shows and writes.</summary>
/// <param name="Report">File for the report, or null.</param>
/// <param name="Model">File for the trained model, or null.</param>
/// <param name="SaveEvery">Epochs between two saves while it trains; 0 saves only at the end.</param>
/// <param name="Quiet">Show only the result.</param>
/// <param name="Plain">No live view, even in a terminal.</param>
internal sealed record RunOutput(string? Report, string? Model, int SaveEvery, bool Quiet, bool Plain)
{
    private const int MaxEpochs = 1_000_000;

    /// <summary>
    /// Adds the options, and returns how to read them. Files are checked at once, so that a wrong path is found before
    /// the training.
    /// </summary>
    /// <param name="command">The verb.</param>
    /// <param name="savesWhileTraining">Whether the job may train while the verb runs.</param>
    public static Func<ParseResult, RunOutput> AddTo(Command command, bool savesWhileTraining = true)
    {
        var report = OptionText.Create("--report", "FILE", "Write the report to this file, as JSON.");
        var save = OptionText.Create("--save", "FILE", "Write the trained model to this file, as safetensors.");
        var saveEvery = OptionText.Create(
            "--save-every",
            "EPOCHS",
            "Also write the model each time so many epochs are done, in case the job does not reach its end."
        );
        var quiet = new Option<bool>("--quiet") { Description = "Show only the result." };
        var plain = new Option<bool>("--plain") { Description = "Lines of text instead of a live view." };
        command.Add(report);
        command.Add(save);
        if (savesWhileTraining)
            command.Add(saveEvery);
        command.Add(quiet);
        command.Add(plain);
        return parsed =>
        {
            var output = new RunOutput(
                parsed.GetValue(report),
                parsed.GetValue(save),
                savesWhileTraining ? parsed.ReadInteger(saveEvery, 0, 1, MaxEpochs) : 0,
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
