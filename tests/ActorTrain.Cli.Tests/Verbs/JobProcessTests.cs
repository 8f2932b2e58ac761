using ActorTrain.CommandLine;
using ActorTrain.Job;
using ActorTrain.Saving;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Jobs over real processes, on the built-in data.</summary>
public sealed class JobProcessTests : IDisposable
{
    private const int TrainSamples = 12_000;
    private static readonly string[] Tiny = [.. SmallJob.Options];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actortrain-test-");

    private string ReportFile => Path.Combine(_folder.FullName, "report.json");

    private string ModelFile => Path.Combine(_folder.FullName, "model.safetensors");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Local_runs_a_job_on_two_processes_and_writes_its_report_and_its_model()
    {
        await using var local = CommandProcess.Start([
            "local",
            "--workers",
            "2",
            .. Tiny,
            "--epochs",
            "2",
            "--report",
            ReportFile,
            "--save",
            ModelFile,
        ]);

        (await local.ExitCode()).ShouldBe(0, local.Everything);

        local.Errors.ShouldBeEmpty();
        var report = Report();
        report.SamplesExpected.ShouldBe(2 * TrainSamples);
        report.SamplesApplied.ShouldBe(report.SamplesExpected);
        report.Workers.Count.ShouldBe(2);
        report.Workers.Sum(worker => worker.Samples).ShouldBe(report.SamplesExpected);
        report.Epochs.Select(epoch => epoch.Samples).ShouldBe([TrainSamples, TrainSamples]);
        report.TestAccuracy!.Value.ShouldBeGreaterThan(0.5);
        var metadata = SafeTensors.Load(ModelFile).Metadata;
        metadata["samples_applied"].ShouldBe($"{2 * TrainSamples}");
        (metadata["data"], metadata["data_classes"]).ShouldBe(("fashion-mnist", "10"));
        (metadata["data_mean"], metadata["data_deviation"]).ShouldBe(("0.286", "0.353"));
        metadata["data_class_names"].ShouldStartWith("""["T-shirt/top","Trouser",""");
        report.Data.ClassNames![9].ShouldBe("Ankle boot");
        Directory.GetFiles(_folder.FullName).Length.ShouldBe(2, "temporary files are left");
    }

    [Fact]
    public async Task Nodes_started_in_any_order_train_together_and_a_third_worker_joins_during_training()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        var cluster = $"127.0.0.1:{FreePort.Reserve()}";
        string[] worker = ["worker", "--join", cluster, "--threads", "1"];
        await using var first = CommandProcess.Start(worker);
        await using var train = CommandProcess.Start([
            "train",
            "--join",
            cluster,
            "--wait",
            "120",
            .. Tiny,
            "--epochs",
            "100000",
            "--minimum-workers",
            "2",
            "--report",
            ReportFile,
            "--save",
            ModelFile,
        ]);
        await first.LineWith("waiting for the cluster");
        await using var seed = CommandProcess.Start("seed", "--port", cluster.Split(':')[1]);
        await using var second = CommandProcess.Start(worker);
        await train.LineWith("epoch 1/");

        await using var third = CommandProcess.Start(worker);
        await third.LineWith("joined the cluster");
        await train.LineWith("3 workers");
        await train.LineWith("done in");
        await train.LineWith("done in");
        train.Interrupt();

        (await train.ExitCode()).ShouldBe(ExitCodes.Canceled, train.Everything);
        var report = Report();
        report.Workers.Count.ShouldBe(3);
        report.Workers.ShouldAllBe(one => one.Samples > 0);
        report.SamplesApplied.ShouldBeInRange(1, report.SamplesExpected - 1);
        report.Workers.Sum(one => one.Samples).ShouldBe(report.SamplesApplied);
        File.Exists(ModelFile).ShouldBeTrue();
    }

    private TrainingReport Report() => TrainingReportJson.Deserialize(File.ReadAllText(ReportFile));
}
