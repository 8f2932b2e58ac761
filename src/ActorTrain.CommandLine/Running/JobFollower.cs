using ActorTrain.CommandLine.Display;
using ActorTrain.CommandLine.Options;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Saving;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>Follows a job: shows its progress, and writes its model and report, also of a canceled job.</summary>
internal sealed class JobFollower(Terminal terminal, RunOutput output, Interruption interruption)
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a canceled job may take to end. With time to write the files, Ctrl-C ends the command within 10 s.
    /// </summary>
    private static readonly TimeSpan CancelTimeout = TimeSpan.FromSeconds(7);

    private readonly ResultFiles _files = ResultFiles.Create(terminal);
    private string? _model;
    private string? _report;

    /// <summary>Follows a job to its end, or until it is to be left running.</summary>
    /// <param name="run">The job.</param>
    /// <param name="clusterFailure">Faults if the job cannot go on; the command fails with the same exception.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(TrainingRun run, Task? clusterFailure = null)
    {
        var job = run.Job;
        using var canceling = interruption.Token.Register(run.Cancel);
        var saves = output.SaveEvery > 0 ? CreatePeriodicSave(run, job) : null;
        var view = CreateView();
        interruption.Ask = view.Say;
        var showing = view.ShowAsync(saves?.Watch(run.Progress) ?? run.Progress);
        if (await AwaitResultAsync(run, clusterFailure ?? Never, saves) is not { } result)
        {
            run.Detach();
            await showing;
            await terminal.Output.WriteLineAsync(LeftRunning(terminal.Program, run.JobId));
            return ExitCodes.Canceled;
        }
        await WriteResultsAsync(job, result, showing);
        // Reported last and with exit code 1, so that no number above is taken for a result.
        if (result.Report.Doubt is { } doubt)
            throw new JobFailedException($"The result cannot be trusted. {doubt}");
        if (result.Report.MissingCheckpoint is { } missing)
            throw new JobFailedException(missing);
        return !_files.AllInPlace ? ExitCodes.Failed
            : result.IsCanceled ? ExitCodes.Canceled
            : ExitCodes.Finished;
    }

    /// <summary>What to do with a job that no client follows.</summary>
    public static string LeftRunning(string program, string jobId) =>
        $"job {jobId} runs on: '{program} attach {jobId}' follows it, and '{program} result {jobId} --save FILE' "
        + "fetches its model when it has ended";

    private static Task Never { get; } = new TaskCompletionSource().Task;

    private PeriodicSave CreatePeriodicSave(TrainingRun run, JobOptions job)
    {
        var path = output.Model!;
        return new PeriodicSave(
            output.SaveEvery,
            SaveAsync,
            epoch => WriteLine($"saved after epoch {epoch}: {path}"),
            terminal.WriteError
        );

        async Task SaveAsync(JobProgress progress)
        {
            var model = await run.SnapshotAsync();
            SafeTensors.Save(path, model, ModelMetadata.Create(job, progress, model));
        }
    }

    /// <returns>The result; null where the job is to be left running.</returns>
    private async Task<TrainingResult?> AwaitResultAsync(TrainingRun run, Task clusterFailure, PeriodicSave? saves)
    {
        var left = interruption.WhenLeft();
        var first = await Task.WhenAny(run.Completion, clusterFailure, interruption.WhenRequested(), left);
        if (first == left)
            return null;
        if (first == clusterFailure)
            await clusterFailure;
        try
        {
            return interruption.Token.IsCancellationRequested
                ? await run.Completion.WaitAsync(CancelTimeout)
                : await run.Completion;
        }
        catch (JobFailedException failure)
        {
            throw new JobFailedException($"{Sentence.From(failure.Message)} {DescribeLastSave(saves)}", failure);
        }
        catch (ActorTrainException noResult) when (interruption.Token.IsCancellationRequested)
        {
            throw new OperationCanceledException(noResult.Message, noResult);
        }
        catch (TimeoutException timeout)
        {
            throw new JobFailedException(
                $"The canceled job did not end within {CancelTimeout.TotalSeconds:0} s; where its cluster lives on, "
                    + $"'{terminal.Program} cancel {run.JobId}' ends it. {DescribeLastSave(saves)}",
                timeout
            );
        }
    }

    private async Task WriteResultsAsync(JobOptions job, TrainingResult result, Task showing)
    {
        var report = result.Report;
        try
        {
            // The last lines of progress precede the result.
            await showing;
        }
        finally
        {
            // If showing the progress fails, the model and report are written nevertheless.
            await WriteFilesAsync(job, result);
        }
        if (output.Quiet)
        {
            await terminal.Output.WriteLineAsync(Summary.Line(report, result.IsCanceled));
            return;
        }
        foreach (var line in Summary.Lines(report, result.IsCanceled))
            await terminal.Output.WriteLineAsync(line);
        if (report.Workers.Count > 0)
            terminal.Write(Tables.Workers(report.Workers));
        if (_model is not null)
            await terminal.Output.WriteLineAsync($"model: {_model}");
        if (_report is not null)
            await terminal.Output.WriteLineAsync($"report: {_report}");
    }

    private async Task WriteFilesAsync(JobOptions job, TrainingResult result)
    {
        var report = result.Report;
        if (output.Model is { } model)
            _model = await _files.WriteAsync(model, SaveAsync);
        if (output.Report is { } file)
            _report = await _files.WriteAsync(file, path => TrainingReportJson.WriteFileAsync(report, path));

        Task SaveAsync(string path)
        {
            SafeTensors.Save(path, result.Model, ModelMetadata.Create(job, report));
            return Task.CompletedTask;
        }
    }

    private string DescribeLastSave(PeriodicSave? saves) =>
        saves?.LastEpoch is { } epoch ? $"The last save is {output.Model}, after epoch {epoch}."
        : saves is null ? "Nothing was saved; --save with --save-every saves while it trains."
        : "Nothing was saved yet.";

    private bool IsLive => terminal.IsInteractive && !output.Plain;

    private void WriteLine(string line)
    {
        // A live view owns the screen.
        if (!output.Quiet && !IsLive)
            terminal.Output.WriteLine(line);
    }

    private IRunView CreateView() =>
        output.Quiet ? new SilentView(terminal.Error)
        : IsLive ? new LiveView(Spectre.Console.AnsiConsole.Console)
        : new PlainView(terminal.Output, PlainInterval);
}
