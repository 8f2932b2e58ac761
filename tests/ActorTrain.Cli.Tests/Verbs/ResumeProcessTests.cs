using System.Globalization;
using ActorTrain.Checkpoints;
using ActorTrain.CommandLine;
using ActorTrain.Job;
using ActorTrain.Saving;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>A job goes on from its checkpoints after every process of the cluster was killed.</summary>
public sealed class ResumeProcessTests : FailureTestBase
{
    private string Checkpoints => Path.Combine(_folder.FullName, "checkpoints");

    private string ModelFile => Path.Combine(_folder.FullName, "model.safetensors");

    [Fact]
    public async Task After_the_power_failed_everywhere_the_job_goes_on_with_other_workers_and_each_sample_counts_once()
    {
        // The job is resumed by hand, and not by the cluster.
        var byHand = Path.Combine(_folder.FullName, "node.conf");
        await File.WriteAllTextAsync(byHand, "actortrain.state.resume-jobs = off");
        await using (var seed = CommandProcess.Start("seed", "--config", byHand, "--port", _cluster.Split(':')[1]))
        await using (var worker = Worker("--config", byHand, "--throttle", "0.2"))
        await using (var train = Train("--epochs", "400", "--optimizer", "adam", "--lr", "0.001"))
        {
            await train.LineWith("checkpoint-written");
            await train.LineWith("checkpoint-written");
            foreach (var process in new[] { seed, worker, train })
                process.Kill();
            foreach (var process in new[] { seed, worker, train })
                await process.ExitCode();
        }
        var before = new CheckpointFolder(Checkpoints).ReadNewestManifest().Manifest;
        before.SamplesApplied.ShouldBeGreaterThanOrEqualTo(12_000);
        var epochs = before.CompleteEpochs + 3;

        await using var again = Seed();
        await using var first = Worker();
        await using var second = Worker();
        await using var resumed = CommandProcess.Start([
            .. new[] { "train", "--join", _cluster, "--resume", Checkpoints, "--wait", "60" },
            .. new[] { "--epochs", $"{epochs}", "--minimum-workers", "2", "--report", ReportFile, "--save", ModelFile },
        ]);
        (await resumed.ExitCode()).ShouldBe(ExitCodes.Finished, resumed.Everything);

        var report = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(ReportFile));
        report.SamplesApplied.ShouldBe(epochs * 12_000);
        report.Epochs.Select(epoch => epoch.Epoch).ShouldBe(Enumerable.Range(1, epochs));
        report.Epochs.ShouldAllBe(epoch => epoch.Samples == 12_000);
        report.Workers.Sum(worker => worker.Samples).ShouldBe(epochs * 12_000);
        report.TestAccuracy!.Value.ShouldBeGreaterThan(0.8);
        resumed.Everything.ShouldContain(
            $"checkpoint-resumed: it was asked for, with epochs 400 → {epochs}; training goes on"
        );
        // The end of the job has a checkpoint, too, with the model that was saved.
        var last = new CheckpointFolder(Checkpoints).ReadNewest();
        last.Checkpoint.Manifest.SamplesApplied.ShouldBe(epochs * 12_000);
        var model = SafeTensors.Load(Path.Combine(last.Path, "model.safetensors"));
        foreach (var (name, tensor) in SafeTensors.Load(ModelFile).Tensors)
            model.Tensors[name].ToFloats().ShouldBe(tensor.ToFloats(), name);
    }

    [Fact]
    public async Task After_the_power_failed_everywhere_the_cluster_goes_on_with_its_jobs_by_itself()
    {
        string job,
            next;
        await using (var seed = Seed())
        await using (var worker = Worker())
        await using (var train = Train("--epochs", "100000", "--optimizer", "adam", "--lr", "0.001"))
        {
            await train.LineWith("checkpoint-written");
            job = await RunningJob();
            await using var queued = CommandProcess.Start(
                SmallJob.Train(_cluster, "--epochs", "1", "--after", job, "--detach")
            );
            (await queued.ExitCode()).ShouldBe(ExitCodes.Finished, queued.Everything);
            next = queued.Output;
            await train.LineWith("checkpoint-written");
            foreach (var process in new[] { seed, worker, train })
                process.Kill();
            foreach (var process in new[] { seed, worker, train })
                await process.ExitCode();
        }
        var before = new CheckpointFolder(Checkpoints).ReadNewestManifest().Manifest;

        await using var again = Seed();
        await using var other = Worker();
        await again.LineWith("ready");
        await using var attached = CommandProcess.Start(["attach", job, "--join", _cluster, "--report", ReportFile]);

        await attached.LineWith(SupervisionEventKinds.CheckpointResumed);
        await attached.LineWith($"epoch {before.CompleteEpochs + 2}/");
        (await Jobs()).Single(known => known.JobId == next).Phase.ShouldBe(JobPhase.Queued);
        await CancelAndCheckCounts(attached);
        var report = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(ReportFile));
        report.SamplesApplied.ShouldBeGreaterThan(before.SamplesApplied);
        await Ended(next);
        (await Jobs())
            .Single(known => known.JobId == next)
            .Reason.ShouldBe($"job {job}, which it is to follow, was canceled");
    }

    [Fact]
    public async Task After_the_power_failed_everywhere_the_newest_checkpoint_may_be_on_a_disk_of_another_node()
    {
        string job;
        await using (var seed = Node("seed"))
        await using (var worker = Node("worker"))
        await using (
            var train = CommandProcess.Start([
                .. SmallJob.Train(_cluster, "--epochs", "100000", "--checkpoint-every", "12000 samples", "--plain"),
            ])
        )
        {
            await train.LineWith("checkpoint-written");
            job = await RunningJob();
            seed.Kill();
            await train.LineWith(SupervisionEventKinds.CoordinatorMoved);
            await train.LineWith("checkpoint-written");
            await using var back = Node("seed");
            await back.LineWith("joined the cluster that lives on");
            await train.LineWith("checkpoint-written");
            foreach (var process in new[] { back, worker, train })
                process.Kill();
            foreach (var process in new[] { back, worker, train })
                await process.ExitCode();
        }
        var (older, newest) = (NewestOf("seed", job), NewestOf("worker", job));
        newest.ShouldBeGreaterThan(older);

        await using var again = Node("seed");
        await using var other = Node("worker");
        await again.LineWith("ready");
        await using var attached = CommandProcess.Start(["attach", job, "--join", _cluster, "--report", ReportFile]);

        await attached.LineWith(SupervisionEventKinds.CheckpointResumed);
        await CancelAndCheckCounts(attached);
        var report = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(ReportFile));
        report
            .Events.Single(raised => raised.Kind == SupervisionEventKinds.CheckpointResumed)
            .Action.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"with {newest:N0} samples applied"));

        CommandProcess Node(string verb) =>
            CommandProcess.StartWith(
                new Dictionary<string, string> { ["XDG_STATE_HOME"] = Path.Combine(_folder.FullName, verb) },
                verb == "seed"
                    ? ["seed", "--port", _cluster.Split(':')[1]]
                    : ["worker", "--join", _cluster, "--threads", "1"]
            );

        long NewestOf(string node, string run) =>
            new CheckpointFolder(
                CheckpointFolder.PathOf(new(), run, Path.Combine(_folder.FullName, node, "actortrain"))!
            )
                .ReadNewestManifest()
                .Manifest.SamplesApplied;
    }

    [Fact]
    public async Task A_job_whose_shards_no_other_node_has_goes_on_from_its_newest_checkpoint()
    {
        var withoutCopies = Path.Combine(_folder.FullName, "seed.conf");
        await File.WriteAllTextAsync(
            withoutCopies,
            "actortrain { coordinator.standby-share = 0, seed.roles = [coordinator, standby] }"
        );
        await using var seed = CommandProcess.Start([
            "seed",
            "--config",
            withoutCopies,
            "--port",
            _cluster.Split(':')[1],
        ]);
        await using var worker = Worker("--role", "worker");
        await using var server = Worker("--role", "server");
        await using var train = Train("--epochs", "100000");
        await train.LineWith("checkpoint-written");
        await train.LineWith("checkpoint-written");

        server.Kill();
        await using var another = Worker("--role", "server");

        await train.LineWith(SupervisionEventKinds.CheckpointResumed);
        await train.LineWith("done in");
        await CancelAndCheckCounts(train);
    }

    [Fact]
    public async Task A_job_that_is_stopped_with_Ctrl_C_goes_on_where_it_was()
    {
        await using var seed = Seed();
        await using var worker = Worker();
        await using (var train = Train("--epochs", "400"))
        {
            await train.LineWith("epoch 3/");
            await CancelAndCheckCounts(train);
        }
        var stopped = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(ReportFile));
        var manifest = new CheckpointFolder(Checkpoints).ReadNewestManifest().Manifest;
        manifest.SamplesApplied.ShouldBe(stopped.SamplesApplied);

        await using var resumed = CommandProcess.Start([
            .. new[] { "train", "--join", _cluster, "--resume", Checkpoints, "--report", ReportFile },
            .. new[] { "--epochs", $"{manifest.CompleteEpochs + 2}" },
        ]);
        (await resumed.ExitCode()).ShouldBe(ExitCodes.Finished, resumed.Everything);

        var report = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(ReportFile));
        report.SamplesApplied.ShouldBe((manifest.CompleteEpochs + 2) * 12_000);
        report.Epochs.ShouldAllBe(epoch => epoch.Samples == 12_000);
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_there_ends_with_one_line()
    {
        await using var seed = Seed();
        await using var train = CommandProcess.Start([
            "train",
            "--join",
            _cluster,
            "--resume",
            Checkpoints,
            "--wait",
            "60",
        ]);

        (await train.ExitCode()).ShouldBe(ExitCodes.WrongInput, train.Everything);
        train.Errors.ShouldBe(
            $"actortrain: The folder {Checkpoints} does not exist on the coordinator's machine; give the folder of a "
                + "checkpoint, or latest."
        );
    }

    private CommandProcess Train(params string[] more) =>
        CommandProcess.Start([
            .. SmallJob.Train(_cluster, "--report", ReportFile, "--checkpoints", Checkpoints),
            .. new[] { "--checkpoint-every", "12000 samples", "--plain" },
            .. more,
        ]);
}
