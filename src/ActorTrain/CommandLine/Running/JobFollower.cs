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

    /// <summary>
    /// How long a stopped run may take to end: with the files still to write, Ctrl-C ends the command within 10 s.
    /// </summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(7);

    private readonly ResultFiles _files = ResultFiles.Of(terminal);
    private string? _model;
    private string? _report;

    /// <summary>Runs a job to its end.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="job">The job.</param>
    /// <param name="broken">Faults when the run makes no sense any longer; the fault becomes the command's.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(TrainingClient client, JobOptions job, Task broken)
    {
        var run = await client.SubmitAsync(job, interruption.Token);
        using var stopping = interruption.Token.Register(run.Stop);
        var saves = output.SaveEvery > 0 ? Saves(run, job) : null;
        var showing = View().ShowAsync(saves?.Watch(run.Progress) ?? run.Progress);
        var result = await ResultOf(run, broken, saves);
        await LeaveBehindAsync(job, result, showing);
        // Told last and with another exit code, so that no number above is taken for a result.
        if (result.Report.Doubt is { } doubt)
            throw new TrainingFailedException($"The result cannot be trusted. {doubt}");
        return !_files.AllInPlace ? ExitCodes.Failed
            : result.Stopped ? ExitCodes.Stopped
            : ExitCodes.Finished;
    }

    private PeriodicSave Saves(TrainingRun run, JobOptions job)
    {
        var path = output.Model!;
        return new PeriodicSave(
            output.SaveEvery,
            SaveAsync,
            epoch => Tell($"saved after epoch {epoch}: {path}"),
            terminal.Complain
        );

        async Task SaveAsync(JobProgress moment)
        {
            var model = await run.SnapshotAsync();
            SafeTensors.Save(path, model, ModelMetadata.Of(job, moment, model));
        }
    }

    private async Task<TrainingResult> ResultOf(TrainingRun run, Task broken, PeriodicSave? saves)
    {
        if (await Task.WhenAny(run.Completion, broken, interruption.WhenAsked()) == broken)
            await broken;
        try
        {
            return interruption.Token.IsCancellationRequested
                ? await run.Completion.WaitAsync(StopPatience)
                : await run.Completion;
        }
        catch (TrainingFailedException failure)
        {
            throw new TrainingFailedException($"{Sentence.Of(failure.Message)} {LastSave(saves)}", failure);
        }
        catch (ActorTrainException nothing) when (interruption.Token.IsCancellationRequested)
        {
            throw new OperationCanceledException(nothing.Message, nothing);
        }
        catch (TimeoutException late)
        {
            throw new TrainingFailedException(
                $"The run did not stop within {StopPatience.TotalSeconds:0} s. {LastSave(saves)}",
                late
            );
        }
    }

    private async Task LeaveBehindAsync(JobOptions job, TrainingResult result, Task showing)
    {
        var report = result.Report;
        try
        {
            // The last lines of progress come before those of the result.
            await showing;
        }
        finally
        {
            // What can still be had of a long run is not to be lost with what is shown of it.
            await WriteAsync(job, result);
        }
        if (output.Quiet)
        {
            await terminal.Output.WriteLineAsync(Summary.Line(report, result.Stopped));
            return;
        }
        foreach (var line in Summary.Lines(report, result.Stopped))
            await terminal.Output.WriteLineAsync(line);
        if (report.Workers.Count > 0)
            terminal.Write(Tables.Workers(report.Workers));
        if (_model is not null)
            await terminal.Output.WriteLineAsync($"model: {_model}");
        if (_report is not null)
            await terminal.Output.WriteLineAsync($"report: {_report}");
    }

    private async Task WriteAsync(JobOptions job, TrainingResult result)
    {
        var report = result.Report;
        if (output.Model is { } model)
            _model = await _files.WriteAsync(model, SaveAsync);
        if (output.Report is { } file)
            _report = await _files.WriteAsync(file, path => TrainingReportJson.WriteFileAsync(report, path));

        Task SaveAsync(string path)
        {
            SafeTensors.Save(path, result.Model, ModelMetadata.Of(job, report));
            return Task.CompletedTask;
        }
    }

    private string LastSave(PeriodicSave? saves) =>
        saves?.LastEpoch is { } epoch ? $"The last save is {output.Model}, after epoch {epoch}."
        : saves is null ? "Nothing was saved; --save with --save-every saves while it trains."
        : "Nothing was saved yet.";

    private bool IsLive => terminal.IsInteractive && !output.Plain;

    private void Tell(string line)
    {
        // A live view has the screen to itself.
        if (!output.Quiet && !IsLive)
            terminal.Output.WriteLine(line);
    }

    private IRunView View() =>
        output.Quiet ? new SilentView()
        : IsLive ? new LiveView(Spectre.Console.AnsiConsole.Console)
        : new PlainView(terminal.Output, PlainInterval);
}
