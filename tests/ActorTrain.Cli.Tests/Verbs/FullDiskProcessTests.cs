using ActorTrain.CommandLine;
using ActorTrain.Job;
using ActorTrain.Saving;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>A disk that is full at the end of a job does not lose its model.</summary>
public sealed class FullDiskProcessTests : IDisposable
{
    private static readonly string[] Short =
    [
        "--model",
        "mlp",
        "--hidden",
        "256",
        "--source",
        "built-in",
        "--momentum",
        "0",
    ];
    private readonly TemporaryFolder _folder = new();
    private readonly string _disk,
        _state,
        _temporary;

    public FullDiskProcessTests()
    {
        _disk = CreateFolder("disk");
        _state = CreateFolder("state");
        _temporary = CreateFolder("temporary");
    }

    private string ModelFile => Path.Combine(_disk, "model.safetensors");

    private string ReportFile => Path.Combine(_disk, "report.json");

    private Dictionary<string, string> Folders => new() { ["XDG_STATE_HOME"] = _state, ["TMPDIR"] = _temporary };

    public void Dispose() => _folder.Dispose();

    [SmallDiskFact]
    public async Task A_model_that_does_not_fit_on_its_disk_is_kept_in_the_state_folder_and_the_report_is_written()
    {
        await using var demo = StartOnSmallDisk(
            "demo",
            "--epochs",
            "1",
            "--save",
            ModelFile,
            "--report",
            Path.Combine(_folder.Path, "report.json")
        );

        (await demo.ExitCode()).ShouldBe(ExitCodes.Failed, demo.Everything);

        var kept = Directory.GetFiles(Path.Combine(_state, "actortrain")).ShouldHaveSingleItem();
        demo.Errors.ShouldBe(
            $"actortrain: The model cannot be saved as {ModelFile}: No space left on device; "
                + $"it is kept as {kept} instead"
        );
        SafeTensors.Load(kept).Metadata["epochs"].ShouldBe("1");
        demo.Everything.ShouldContain("demo: done after");
        demo.Everything.ShouldContain($"model: {kept}");
        var report = await File.ReadAllTextAsync(Path.Combine(_folder.Path, "report.json"));
        TrainingReportJson.Deserialize(report).Epochs.Count.ShouldBe(1);
    }

    [SmallDiskFact]
    public async Task Without_a_state_folder_model_and_report_are_kept_in_the_temporary_folder()
    {
        // A file where the folder would be.
        await File.WriteAllTextAsync(Path.Combine(_state, "actortrain"), "");
        await using var demo = StartOnSmallDisk(
            "demo",
            "--epochs",
            "1",
            "--quiet",
            "--save",
            ModelFile,
            "--report",
            ReportFile,
            "--log",
            LogFile
        );

        (await demo.ExitCode()).ShouldBe(ExitCodes.Failed, demo.Everything);

        var kept = Directory.GetFiles(_temporary, "model-*.safetensors", SearchOption.AllDirectories);
        SafeTensors.Load(kept.ShouldHaveSingleItem()).Metadata["epochs"].ShouldBe("1");
        demo.Errors.ShouldContain($"it is kept as {kept[0]} instead");
    }

    [SmallDiskFact]
    public async Task A_failed_save_during_training_is_reported_once_and_training_goes_on()
    {
        await using var demo = StartOnSmallDisk(
            "demo",
            // So long that the job trains on after a save, on a fast machine, too.
            "--epochs",
            "16",
            "--save",
            ModelFile,
            "--save-every",
            "1",
            "--report",
            ReportFile
        );

        (await demo.ExitCode()).ShouldBe(ExitCodes.Failed, demo.Everything);

        var failures = demo
            .Errors.Split('\n')
            .Where(line => line.Contains("training goes on", StringComparison.Ordinal));
        failures
            .ShouldHaveSingleItem()
            .ShouldEndWith(
                $"was not saved: The model cannot be saved as {ModelFile}: No space left on device; training goes "
                    + "on"
            );
        SafeTensors.Load(Directory.GetFiles(Path.Combine(_state, "actortrain"))[0]).Metadata["epochs"].ShouldBe("16");
    }

    [SmallDiskFact]
    public async Task A_checkpoint_that_does_not_fit_is_told_and_the_job_reaches_its_end()
    {
        var folder = Path.Combine(_disk, "run");
        await using var local = StartOnSmallDisk(
            "local",
            "--workers",
            "1",
            "--epochs",
            "2",
            "--plain",
            "--checkpoint-every",
            "12000 samples",
            "--checkpoints",
            folder
        );

        (await local.ExitCode()).ShouldBe(ExitCodes.Failed, local.Everything);

        var failure =
            $"Checkpoint {Path.Combine(folder, "checkpoint-000001")} cannot be written: No space left on device";
        local.Everything.ShouldContain($"checkpoint-failed: {failure}; training goes on");
        local.Everything.ShouldContain("samples applied 24,000 = expected 24,000");
        local.Errors.ShouldEndWith($"actortrain: The last checkpoint could not be written: {failure}.");
    }

    [SmallDiskFact]
    public async Task Checkpoints_on_a_disk_that_is_read_only_are_refused_before_training()
    {
        await using var local = CommandProcess.StartWithDisk(
            _disk,
            "ro",
            Folders,
            ["local", .. Short, "--workers", "1", "--checkpoint-every", "12000 samples", "--checkpoints", _disk]
        );

        (await local.ExitCode()).ShouldBe(ExitCodes.WrongInput, local.Everything);

        local.Errors.ShouldBe($"actortrain: Checkpoints cannot be written to {_disk}: Read-only file system.");
    }

    [Fact]
    public async Task A_model_that_fits_on_no_disk_leaves_only_the_earlier_one()
    {
        if (OperatingSystem.IsWindows())
            return; // no such limits there
        await File.WriteAllTextAsync(ModelFile, "the earlier model");
        await using var demo = CommandProcess.StartWithSmallFiles(
            100_000,
            Folders,
            ["demo", .. Short, "--epochs", "1", "--quiet", "--save", ModelFile]
        );

        (await demo.ExitCode()).ShouldBe(ExitCodes.Failed, demo.Everything);

        demo.Errors.ShouldStartWith($"actortrain: The model cannot be saved as {ModelFile}: ");
        demo.Errors.ShouldContain("; it is lost, as it cannot be kept elsewhere either: ");
        demo.Everything.ShouldContain("demo: done after");
        (await File.ReadAllTextAsync(ModelFile)).ShouldBe("the earlier model");
        Directory
            .GetFiles(_folder.Path, "*.*", SearchOption.AllDirectories)
            .Where(file => file.Contains("model", StringComparison.Ordinal))
            .ShouldBe([ModelFile]);
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_does_not_cost_the_model()
    {
        if (!File.Exists("/dev/full"))
            return; // Linux has it
        await using var demo = CommandProcess.StartInto(
            "/dev/full",
            ["demo", .. Short, "--epochs", "1", "--save", ModelFile]
        );

        (await demo.ExitCode()).ShouldBe(ExitCodes.Failed, demo.Everything);

        demo.Errors.ShouldBe("actortrain: the standard output could not be written: No space left on device");
        SafeTensors.Load(ModelFile).Metadata["epochs"].ShouldBe("1");
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_is_reported_once_and_the_job_finishes()
    {
        if (!File.Exists("/dev/full"))
            return; // Linux has it
        await using var demo = CommandProcess.Start([
            "demo",
            .. Short,
            "--epochs",
            "1",
            "--quiet",
            "--log",
            "/dev/full",
        ]);

        (await demo.ExitCode()).ShouldBe(ExitCodes.Finished, demo.Everything);

        demo.Errors.ShouldEndWith(
            "the log cannot be written to /dev/full: No space left on device; lines are lost until it can"
        );
        demo.Errors.ShouldNotContain("\n");
    }

    [Fact]
    public async Task A_device_is_written_to_and_not_replaced_by_a_file()
    {
        if (!File.Exists("/dev/null"))
            return; // not on Windows
        await using var demo = CommandProcess.Start([
            "demo",
            .. Short,
            "--epochs",
            "1",
            "--quiet",
            "--save",
            "/dev/null",
            "--report",
            "/dev/stdout",
        ]);

        await demo.LineWith("\"samplesApplied\": 12000");

        (await demo.ExitCode()).ShouldBe(ExitCodes.Finished, demo.Everything);
        new FileInfo("/dev/null").Length.ShouldBe(0);
    }

    private string LogFile => Path.Combine(_disk, "run.log");

    private CommandProcess StartOnSmallDisk(string verb, params string[] options) =>
        CommandProcess.StartWithDisk(_disk, "size=64k", Folders, [verb, .. Short, .. options]);

    private string CreateFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
}
