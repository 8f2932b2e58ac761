using ActorTrain.CommandLine.Display;
using ActorTrain.CommandLine.Options;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Saving;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>Submits a job, shows it, and leaves its model and its report behind, also when it was stopped.</summary>
internal sealed class JobFollower(Terminal terminal, RunOutput output, Interruption interruption)
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(3);

    /// <summary>How long a stopped run may take to end: with the files still to write, Ctrl-C ends the command within 10 s.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(7);

    /// <summary>Runs a job to its end.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="job">The job.</param>
    /// <param name="broken">Faults when the run makes no sense any longer; the fault becomes the command's.</param>
    public async Task RunAsync(TrainingClient client, JobOptions job, Task broken)
    {
        var run = await client.SubmitAsync(job, interruption.Token);
        using var stopping = interruption.Token.Register(run.Stop);
        var saves = output.SaveEvery > 0 ? new PeriodicSave(output.Model!, output.SaveEvery, job, run, Tell, terminal.Complain) : null;
        var showing = View().ShowAsync(saves?.Watch(run.Progress) ?? run.Progress);
        var result = await ResultOf(run, broken, saves);
        await showing;
        await LeaveBehindAsync(job, result);
        // Told last and with another exit code, so that no number above is taken for a result.
        if (result.Report.Doubt is { } doubt)
            throw new TrainingFailedException($"The result cannot be trusted. {doubt}");
    }

    private async Task<TrainingResult> ResultOf(TrainingRun run, Task broken, PeriodicSave? saves)
    {
        if (await Task.WhenAny(run.Completion, broken, interruption.WhenAsked()) == broken) await broken;
        try
        {
            if (!interruption.Token.IsCancellationRequested) return await run.Completion;
        }
        catch (TrainingFailedException failure)
        {
            throw new TrainingFailedException($"{Sentence.Of(failure.Message)} {LastSave(saves)}", failure);
        }
        try
        {
            return await run.Completion.WaitAsync(StopPatience);
        }
        catch (ActorTrainException nothing)
        {
            throw new OperationCanceledException(nothing.Message, nothing);
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException($"the run did not stop within {StopPatience.TotalSeconds:0} s", late);
        }
    }

    private async Task LeaveBehindAsync(JobOptions job, TrainingResult result)
    {
        var report = result.Report;
        try
        {
            if (output.Model is { } model) SafeTensors.Save(model, result.Model, ModelMetadata.Of(job, report));
        }
        finally
        {
            // What can still be had of a long run is not to be lost with the model.
            if (output.Report is { } file) await TrainingReportJson.WriteFileAsync(report, file);
        }
        if (output.Quiet)
        {
            await terminal.Output.WriteLineAsync(Summary.Line(report, result.Stopped));
            return;
        }
        foreach (var line in Summary.Lines(report, result.Stopped)) await terminal.Output.WriteLineAsync(line);
        if (report.Workers.Count > 0) terminal.Write(Tables.Workers(report.Workers));
        if (output.Model is not null) await terminal.Output.WriteLineAsync($"model: {output.Model}");
        if (output.Report is not null) await terminal.Output.WriteLineAsync($"report: {output.Report}");
    }

    private string LastSave(PeriodicSave? saves) =>
        saves?.LastEpoch is { } epoch ? $"The last save is {output.Model}, after epoch {epoch}."
        : saves is null ? "Nothing was saved; --save with --save-every saves while it trains."
        : "Nothing was saved yet.";

    private bool IsLive => terminal.IsInteractive && !output.Plain;

    private void Tell(string line)
    {
        // A live view has the screen to itself.
        if (!output.Quiet && !IsLive) terminal.Output.WriteLine(line);
    }

    private IRunView View() =>
        output.Quiet ? new SilentView()
        : IsLive ? new LiveView(Spectre.Console.AnsiConsole.Console)
        : new PlainView(terminal.Output, PlainInterval);
}
