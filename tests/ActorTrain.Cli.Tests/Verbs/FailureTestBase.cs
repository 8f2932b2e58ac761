using ActorTrain.CommandLine;
using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>A cluster of processes that fail in the middle of a job, and the report of that job.</summary>
public abstract class FailureTestBase : IDisposable
{
    private protected readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actortrain-test-");
    private protected readonly string _cluster = $"127.0.0.1:{FreePort.Reserve()}";

    private protected string ReportFile => Path.Combine(_folder.FullName, "report.json");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected CommandProcess Seed() => CommandProcess.Start("seed", "--port", _cluster.Split(':')[1]);

    private protected CommandProcess Worker(params string[] more) =>
        CommandProcess.Start(["worker", "--join", _cluster, "--threads", "1", .. more]);

    private protected async Task CancelAndCheckCounts(CommandProcess train)
    {
        train.Interrupt();
        (await train.ExitCode()).ShouldBe(ExitCodes.Canceled, train.Everything);
        var report = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(ReportFile));
        report.Workers.Sum(worker => worker.Samples).ShouldBe(report.SamplesApplied);
        // No epoch has more samples than there are, and those that are complete have all.
        report.Epochs.ShouldAllBe(epoch => epoch.Samples == 12_000);
    }

    // Clusters of one machine list what its state folder has, and those of other tests have that, too.
    private protected async Task<string> RunningJob() =>
        (await Jobs()).Where(job => job.Ended is null).ShouldHaveSingleItem().JobId;

    private protected async Task Ended(string job)
    {
        while (!(await Jobs()).Any(known => known.JobId == job && known.Ended is not null))
            await Task.Yield();
    }

    private protected async Task<IReadOnlyList<JobSummary>> Jobs()
    {
        await using var jobs = CommandProcess.Start("jobs", "--join", _cluster, "--json");
        (await jobs.ExitCode()).ShouldBe(ExitCodes.Finished, jobs.Everything);
        return JobSummaryJson.Deserialize(jobs.Output);
    }
}
