using ActorTrain.CommandLine;
using ActorTrain.Job;
using ActorTrain.Saving;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>A job outlives the client that submitted it, and any client can follow it.</summary>
public sealed class ClientLossTests : FailureTestBase
{
    private static readonly TimeSpan LongerThanTheJobWaits = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_job_goes_on_when_the_terminal_of_its_client_closes_and_is_attached_to()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = Seed();
        await using var worker = Worker();
        await using var train = Train();
        await train.LineWith("done in");

        train.HangUp();

        (await train.ExitCode()).ShouldBe(ExitCodes.Canceled, train.Everything);
        train.Output.ShouldEndWith("fetches its model when it has ended");
        await using var attached = CommandProcess.Start(
            "attach",
            await RunningJob(),
            "--join",
            _cluster,
            "--report",
            ReportFile
        );
        await attached.LineWith(SupervisionEventKinds.WorkerJoined);
        await attached.LineWith("epoch 1/");
        await attached.LineWith("done in");
        await CancelAndCheckCounts(attached);
    }

    [Fact]
    public async Task The_result_of_a_job_whose_client_was_killed_is_kept_also_when_the_seed_is_started_again()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        var model = Path.Combine(_folder.FullName, "model.safetensors");
        await using var seed = Seed();
        await using var worker = Worker();
        await using var train = Train();
        await train.LineWith("done in");

        train.Kill();

        var job = await RunningJob();
        await using (var early = CommandProcess.Start("result", job, "--join", _cluster))
        {
            (await early.ExitCode()).ShouldBe(ExitCodes.WrongInput, early.Everything);
            early.Errors.ShouldContain($"Job {job} has not ended");
        }
        await using (var cancel = CommandProcess.Start("cancel", job, "--join", _cluster))
            (await cancel.ExitCode()).ShouldBe(ExitCodes.Finished, cancel.Everything);
        await Ended(job);
        seed.Kill();
        await seed.ExitCode();
        await using var again = Seed();
        await again.LineWith("joined the cluster that lives on");

        await using var result = CommandProcess.Start(
            "result",
            job,
            "--join",
            _cluster,
            "--save",
            model,
            "--report",
            ReportFile
        );
        (await result.ExitCode()).ShouldBe(ExitCodes.Canceled, result.Everything);
        var report = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(ReportFile));
        report.Workers.Sum(part => part.Samples).ShouldBe(report.SamplesApplied);
        SafeTensors.Load(model).Metadata["samples_applied"].ShouldBe($"{report.SamplesApplied}");
    }

    [Fact]
    public async Task A_client_that_was_frozen_follows_its_job_again()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = Seed();
        await using var worker = Worker();
        await using var train = Train();
        await train.LineWith("done in");

        train.Freeze();
        await Task.Delay(LongerThanTheJobWaits);
        train.Thaw();

        await train.LineWith("done in");
        await train.LineWith("done in");
        await CancelAndCheckCounts(train);
        train.Output.ShouldNotContain("lost");
    }

    [Fact]
    public async Task A_detached_job_trains_to_its_end_and_its_result_is_fetched()
    {
        await using var seed = Seed();
        await using var worker = Worker();
        await using var train = CommandProcess.Start(SmallJob.Train(_cluster, "--epochs", "2", "--detach"));
        (await train.ExitCode()).ShouldBe(ExitCodes.Finished, train.Everything);
        var job = train.Output;

        await Ended(job);

        await using var result = CommandProcess.Start("result", job, "--join", _cluster, "--quiet");
        (await result.ExitCode()).ShouldBe(ExitCodes.Finished, result.Everything);
        result.Output.ShouldContain("test accuracy");
    }

    private CommandProcess Train() =>
        CommandProcess.Start(SmallJob.Train(_cluster, "--epochs", "100000", "--report", ReportFile));
}
