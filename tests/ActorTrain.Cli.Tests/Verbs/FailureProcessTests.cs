using ActorTrain.CommandLine;
using ActorTrain.Job;
using ActorTrain.Saving;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Failures of real processes in the middle of a job.</summary>
public sealed class FailureProcessTests : FailureTestBase
{
    private static readonly string[] Endless = [.. SmallJob.Options, "--epochs", "100000"];

    private string ModelFile => Path.Combine(_folder.FullName, "model.safetensors");

    [Fact]
    public async Task A_killed_worker_is_lost_and_the_others_go_on()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = Seed();
        await using var first = Worker();
        await using var second = Worker();
        await using var train = Train("--minimum-workers", "2");
        await train.LineWith("epoch 2/");

        second.Kill();

        (await train.LineWith(SupervisionEventKinds.WorkerLost)).ShouldContain("its process is gone");
        await WaitForMoreEpochs(train, 1);
        await CancelAndCheckCounts(train);
    }

    [Fact]
    public async Task A_frozen_worker_is_removed_and_joins_anew_when_it_resumes()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = Seed();
        await using var first = Worker();
        await using var second = Worker();
        await using var train = Train("--minimum-workers", "2");
        await second.LineWith("joined the cluster");
        await train.LineWith("epoch 2/");

        second.Freeze();
        await train.LineWith(SupervisionEventKinds.WorkerUnreachable);
        await train.LineWith(SupervisionEventKinds.WorkerLost);
        await WaitForMoreEpochs(train, 1);
        second.Thaw();

        await second.LineWith("joined the cluster");
        await train.LineWith(SupervisionEventKinds.WorkerJoined);
        await WaitForMoreEpochs(train, 1);
        await CancelAndCheckCounts(train);
    }

    [Fact]
    public async Task A_worker_goes_on_with_the_shard_of_a_killed_server()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = CommandProcess.Start("seed", "--port", _cluster.Split(':')[1], "--role", "coordinator");
        await using var server = CommandProcess.Start("worker", "--join", _cluster, "--role", "server");
        await using var first = Worker();
        await using var second = Worker();
        await using var train = Train("--minimum-workers", "2");
        // Long enough for a first copy.
        await WaitForMoreEpochs(train, 4);

        server.Kill();

        (await train.LineWith(SupervisionEventKinds.ShardRestored)).ShouldContain("shard 0 is gone with its node");
        await WaitForMoreEpochs(train, 2);
        await CancelAndCheckCounts(train);
    }

    [Fact]
    public async Task A_lost_server_without_a_standby_ends_the_job_at_once_and_names_the_last_save()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = CommandProcess.Start("seed", "--port", _cluster.Split(':')[1], "--role", "coordinator");
        await using var server = CommandProcess.Start("worker", "--join", _cluster, "--role", "server");
        await using var worker = Worker("--role", "worker");
        await using var train = Train("--save", ModelFile, "--save-every", "1");
        await train.LineWith("saved after epoch 1");

        server.Kill();

        (await train.ExitCode()).ShouldBe(1, train.Everything);
        train.Errors.ShouldMatch(
            @"The job failed: the server node 127\.0\.0\.1:\d+ is lost with shard 0: no other node has a copy\. "
                + $@"The last save is {System.Text.RegularExpressions.Regex.Escape(ModelFile)}, after epoch \d+\."
        );
        SafeTensors.Load(ModelFile).Metadata["data_class_names"].ShouldStartWith("""["T-shirt/top",""");
    }

    [Fact]
    public async Task Another_coordinator_adopts_the_job_of_a_lost_one()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = CommandProcess.Start("seed", "--port", _cluster.Split(':')[1], "--role", "coordinator");
        await using var server = CommandProcess.Start("worker", "--join", _cluster, "--role", "coordinator,server");
        await server.LineWith("joined the cluster");
        await using var first = Worker();
        await using var second = Worker();
        await using var train = Train("--minimum-workers", "2");
        await train.LineWith("epoch 2/");

        seed.Kill();

        await train.LineWith(SupervisionEventKinds.CoordinatorMoved);
        await WaitForMoreEpochs(train, 2);
        await CancelAndCheckCounts(train);
        var report = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(ReportFile));
        report.Workers.Count.ShouldBe(2);
        // The last may not have been evaluated when the job was canceled.
        report.Epochs.SkipLast(2).ShouldAllBe(epoch => epoch.TestAccuracy != null);
        report
            .Events.Count(raised => raised.Kind == SupervisionEventKinds.WorkerJoined)
            .ShouldBe(4, "earlier events are kept");
    }

    [Fact]
    public async Task A_data_folder_that_vanishes_under_one_worker_does_not_end_the_job()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        using TemporaryFolder firstData = new(),
            secondData = new();
        foreach (var folder in new[] { firstData, secondData })
            IdxFiles.WriteTo(folder.Path, train: 12_000, test: 500);
        await using var seed = Seed();
        await using var first = CommandProcess.Start(
            "worker",
            "--join",
            _cluster,
            "--threads",
            "1",
            "--data",
            firstData.Path
        );
        await using var second = CommandProcess.Start(
            "worker",
            "--join",
            _cluster,
            "--threads",
            "1",
            "--data",
            secondData.Path
        );
        // The machine may have the real data set, and the job would name that one.
        var names = new Dictionary<string, string> { ["ACTORTRAIN_DATA"] = secondData.Path };
        await using var train = CommandProcess.StartWith(
            names,
            "train",
            "--join",
            _cluster,
            "--wait",
            "60",
            "--model",
            "mlp",
            "--hidden",
            "32",
            "--source",
            "full",
            "--momentum",
            "0",
            "--epochs",
            "100000",
            "--minimum-workers",
            "2",
            "--report",
            ReportFile
        );
        await train.LineWith("epoch 2/");

        foreach (var file in Directory.GetFiles(firstData.Path))
            File.Delete(file);

        await WaitForMoreEpochs(train, 2);

        await CancelAndCheckCounts(train);
    }

    [Theory, InlineData("demo"), InlineData("local", "--workers", "2")]
    public async Task A_failed_job_reports_its_reason_in_one_line(params string[] verb)
    {
        await using var run = CommandProcess.Start([
            .. verb,
            "--model",
            "mlp",
            "--hidden",
            "32",
            "--source",
            "built-in",
            "--epochs",
            "3",
            "--lr",
            "1e30",
        ]);

        (await run.ExitCode()).ShouldBe(1, run.Everything);

        run.Errors.ShouldMatch(
            @"^actortrain: The job failed: [^\n]*lower learning rate\. Nothing was saved; [^\n]*\.$",
            run.Everything
        );
    }

    private CommandProcess Train(params string[] options) =>
        CommandProcess.Start([
            "train",
            "--join",
            _cluster,
            "--wait",
            "60",
            .. Endless,
            "--report",
            ReportFile,
            .. options,
        ]);

    private static async Task WaitForMoreEpochs(CommandProcess train, int epochs)
    {
        for (var i = 0; i <= epochs; i++)
            await train.LineWith("done in");
    }
}
