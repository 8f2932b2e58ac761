using ActorTrain.CommandLine;
using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Jobs that wait for their turn, in clusters of the default commands.</summary>
public sealed class QueueProcessTests : FailureTestBase
{
    [Fact]
    public async Task Jobs_wait_for_their_turn_also_when_the_seed_is_lost()
    {
        await using var seed = Seed();
        await using var worker = Worker();
        await using var running = CommandProcess.Start(
            SmallJob.Train(_cluster, "--epochs", "100000", "--report", ReportFile)
        );
        await running.LineWith("done in");
        await using var last = CommandProcess.Start(SmallJob.Train(_cluster, "--name", "last", "--epochs", "1"));
        await last.LineWith("queued: job");
        var (urgent, following) = (await Submit("urgent", "--priority", "1"), "");
        following = await Submit("following", "--priority", "2", "--after", urgent);
        var canceled = await Submit("canceled", "--priority", "3");
        await using (var cancel = CommandProcess.Start("cancel", canceled, "--join", _cluster))
            (await cancel.ExitCode()).ShouldBe(ExitCodes.Finished, cancel.Everything);
        string[] turns = ["following", "urgent", "last"];
        (await Waiting()).ShouldBe(turns);
        for (var epoch = 1; epoch <= 5; epoch++)
            await running.LineWith("done in");

        seed.Kill();
        await running.LineWith(SupervisionEventKinds.ShardRestored);
        while (!(await Waiting()).SequenceEqual(turns))
            await Task.Yield();
        await running.LineWith("done in");
        await CancelAndCheckCounts(running);

        (await last.ExitCode()).ShouldBe(ExitCodes.Finished, last.Everything);
        last.Output.ShouldContain("test accuracy");
        var ended = (await Jobs()).ToDictionary(job => job.JobId);
        ended[canceled].Phase.ShouldBe(JobPhase.Canceled);
        (ended[urgent].Phase, ended[following].Phase).ShouldBe((JobPhase.Completed, JobPhase.Completed));
        var end = ended.Values.Single(job => job.Job == "last").Ended;
        ended[urgent].Ended.ShouldNotBeNull().ShouldBeLessThan(ended[following].Ended!.Value);
        ended[following].Ended!.Value.ShouldBeLessThan(end!.Value);
    }

    [Fact]
    public async Task A_job_that_is_to_follow_an_unknown_one_ends_with_one_line()
    {
        await using var seed = Seed();
        await using var train = CommandProcess.Start(SmallJob.Train(_cluster, "--after", "7-7"));
        (await train.ExitCode()).ShouldBe(ExitCodes.WrongInput, train.Everything);
        train.Errors.ShouldBe("actortrain: There is no job 7-7, which it is to follow.");
    }

    [Fact]
    public async Task A_job_that_waits_too_long_for_workers_ends_and_says_what_was_missing()
    {
        var file = Path.Combine(_folder.FullName, "job.conf");
        await File.WriteAllTextAsync(file, "actortrain.job.minimum-workers-timeout = 2s");
        await using var seed = Seed();
        await using var worker = Worker();
        await using var train = CommandProcess.Start([
            "train",
            file,
            "--join",
            _cluster,
            "--wait",
            "60",
            .. SmallJob.Options,
            "--minimum-workers",
            "2",
        ]);
        (await train.ExitCode()).ShouldBe(ExitCodes.WrongInput, train.Everything);
        train.Errors.ShouldContain("for longer than minimum-workers-timeout, 2 s");
    }

    private async Task<string> Submit(string name, params string[] more)
    {
        await using var train = CommandProcess.Start(
            SmallJob.Train(_cluster, [.. new[] { "--name", name, "--epochs", "1", "--detach" }, .. more])
        );
        (await train.ExitCode()).ShouldBe(ExitCodes.Finished, train.Everything);
        return train.Output;
    }

    private async Task<IEnumerable<string>> Waiting() =>
        (await Jobs()).Where(job => job.Phase == JobPhase.Queued).Select(job => job.Job);
}
