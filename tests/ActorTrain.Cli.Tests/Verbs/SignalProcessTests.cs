using ActorTrain.CommandLine;
using ActorTrain.Saving;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Ctrl-C, SIGTERM and SIGHUP: each ends every verb in order, with the right exit code.</summary>
public sealed class SignalProcessTests : IDisposable
{
    private const int Interrupt = 2,
        Terminate = 15,
        HangUp = 1;

    private static readonly string[] Endless = [.. SmallJob.Options, "--epochs", "100000"];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<int> Signals => [Interrupt, Terminate, HangUp];

    private string ModelFile => Path.Combine(_folder.Path, "model.safetensors");

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Signals))]
    public async Task A_signal_cancels_a_demo_which_saves_its_model(int signal)
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var demo = CommandProcess.Start(["demo", .. Endless, "--save", ModelFile]);

        await CancelAndCheck(demo, signal);
    }

    [Theory, MemberData(nameof(Signals))]
    public async Task A_signal_cancels_a_local_cluster_which_saves_its_model(int signal)
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var local = CommandProcess.Start(["local", "--workers", "1", .. Endless, "--save", ModelFile]);

        await CancelAndCheck(local, signal);
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public async Task A_signal_cancels_the_job_of_a_client_and_stops_worker_and_seed_with_exit_code_0(int signal)
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        var cluster = $"127.0.0.1:{FreePort.Reserve()}";
        await using var seed = CommandProcess.Start("seed", "--port", cluster.Split(':')[1]);
        await using var worker = CommandProcess.Start("worker", "--join", cluster, "--threads", "1");
        await using var train = CommandProcess.Start([
            "train",
            "--join",
            cluster,
            "--wait",
            "60",
            .. Endless,
            "--save",
            ModelFile,
        ]);

        await CancelAndCheck(train, signal);
        worker.Signal(signal);
        (await worker.ExitCode()).ShouldBe(ExitCodes.Finished, worker.Everything);
        seed.Signal(signal);
        (await seed.ExitCode()).ShouldBe(ExitCodes.Finished, seed.Everything);
    }

    [Fact]
    public async Task A_job_that_is_canceled_before_training_says_so()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var demo = CommandProcess.Start(["demo", .. Endless, "--minimum-workers", "4"]);
        await demo.LineWith("3 of 4 workers ready");

        demo.HangUp();

        (await demo.ExitCode()).ShouldBe(ExitCodes.Canceled, demo.Everything);
        demo.Errors.ShouldBe("actortrain: canceled before there was a result");
    }

    [Fact]
    public async Task A_process_that_ignores_SIGHUP_goes_on()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var demo = CommandProcess.StartIgnoringHangup(["demo", .. Endless, "--save", ModelFile]);
        await demo.LineWith("done in");

        demo.HangUp();

        await demo.LineWith("done in");
        await demo.LineWith("done in");
        await CancelAndCheck(demo, Terminate);
    }

    [Fact]
    public async Task A_second_signal_ends_the_process_at_once()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var worker = CommandProcess.Start("worker", "--join", $"127.0.0.1:{FreePort.Reserve()}");
        await worker.LineWith("waiting for the cluster");
        // Both signals are pending until it resumes, so that it cannot end between them.
        worker.Freeze();
        worker.Interrupt();
        worker.Terminate();

        worker.Thaw();

        (await worker.ExitCode()).ShouldBe(ExitCodes.Canceled, worker.Everything);
    }

    private async Task CancelAndCheck(CommandProcess run, int signal)
    {
        await run.LineWith("done in");
        run.Signal(signal);
        (await run.ExitCode()).ShouldBe(ExitCodes.Canceled, run.Everything);
        run.Everything.ShouldContain(": canceled after");
        run.Errors.ShouldBeEmpty();
        SafeTensors.Load(ModelFile).Metadata["producer"].ShouldStartWith("ActorTrain");
    }
}
