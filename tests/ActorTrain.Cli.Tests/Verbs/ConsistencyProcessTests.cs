using ActorTrain.CommandLine;
using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Consistency models of real processes.</summary>
public sealed class ConsistencyProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _cluster = $"127.0.0.1:{FreePort.Reserve()}";

    private string ReportFile => Path.Combine(_folder.Path, "report.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_deterministic_job_gives_the_same_bits_with_one_worker_and_with_three_of_which_one_is_killed()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        var job = Path.Combine(_folder.Path, "job.conf");
        await File.WriteAllTextAsync(
            job,
            """
            actortrain.job {
              model { name = mlp, mlp.hidden = [32] }
              data.source = built-in
              epochs = 40
              shards = 2
              consistency.name = synchronous
              consistency.synchronous.global-batch-size = 256
              consistency.synchronous.deterministic = on
            }
            """
        );
        var (alone, together) = (
            Path.Combine(_folder.Path, "alone.safetensors"),
            Path.Combine(_folder.Path, "together.safetensors")
        );
        await using var local = CommandProcess.Start("local", job, "--workers", "1", "--save", alone);
        (await local.ExitCode()).ShouldBe(0, local.Everything);

        await using var seed = CommandProcess.Start("seed", "--port", _cluster.Split(':')[1]);
        await using var first = Worker();
        await using var second = Worker();
        await using var third = Worker();
        await using var train = CommandProcess.Start(
            "train",
            job,
            "--join",
            _cluster,
            "--wait",
            "60",
            "--minimum-workers",
            "3",
            "--save",
            together,
            "--report",
            ReportFile
        );
        await train.LineWith("epoch 2/40 done in");
        third.Kill();
        (await train.ExitCode()).ShouldBe(0, train.Everything);

        var report = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(ReportFile));
        report.Events.ShouldContain(raised => raised.Kind == SupervisionEventKinds.WorkerLost);
        report.Workers.ShouldAllBe(worker => worker.Samples > 0);
        (await File.ReadAllBytesAsync(together)).ShouldBe(await File.ReadAllBytesAsync(alone));
    }

    [Fact]
    public async Task The_consistency_model_is_changed_while_a_job_runs_and_every_sample_counts_once()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = CommandProcess.Start("seed", "--port", _cluster.Split(':')[1]);
        await using var first = Worker();
        await using var second = Worker();
        await using var train = CommandProcess.Start(
            SmallJob.Train(_cluster, "--epochs", "100000", "--minimum-workers", "2", "--report", ReportFile)
        );
        await train.LineWith("epoch 2/");
        foreach (
            var (setting, reply) in new[]
            {
                (
                    "consistency.name=synchronous",
                    "consistency: name = synchronous, synchronous.global-batch-size = 128, "
                        + "synchronous.backup-workers = 0, synchronous.deterministic = off"
                ),
                ("consistency.name=asynchronous", "consistency: name = asynchronous"),
                (
                    "consistency.name=bounded",
                    "consistency: name = bounded, bounded.staleness = 3, bounded.max-staleness = 0"
                ),
                ("consistency.name=asynchronous", "consistency: name = asynchronous"),
            }
        )
        {
            await using var set = CommandProcess.Start("set", setting, "--join", _cluster);
            (await set.ExitCode()).ShouldBe(0, set.Everything);
            set.Everything.ShouldContain(reply);
            await train.LineWith(SupervisionEventKinds.ConsistencyChanged);
            for (var i = 0; i < 2; i++)
                await train.LineWith("done in");
        }
        train.Interrupt();
        (await train.ExitCode()).ShouldBe(ExitCodes.Canceled, train.Everything);
        var report = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(ReportFile));
        report.Workers.Sum(worker => worker.Samples).ShouldBe(report.SamplesApplied);
        report.Epochs.ShouldAllBe(epoch => epoch.Samples == 12_000);
    }

    private CommandProcess Worker() => CommandProcess.Start("worker", "--join", _cluster, "--threads", "1");
}
