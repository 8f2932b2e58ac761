using ActorTrain.CommandLine;
using ActorTrain.Saving;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Ctrl-C, SIGTERM and SIGHUP: each ends each verb in order, and its exit code says what it ended.</summary>
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
    public async Task A_demo_that_is_told_to_end_saves_its_model_and_says_that_it_was_stopped(int signal)
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var demo = CommandProcess.Start(["demo", .. Endless, "--save", ModelFile]);

        await StopsInOrder(demo, signal);
    }

    [Theory, MemberData(nameof(Signals))]
    public async Task A_local_cluster_that_is_told_to_end_saves_its_model_and_says_that_it_was_stopped(int signal)
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var local = CommandProcess.Start(["local", "--workers", "1", .. Endless, "--save", ModelFile]);

        await StopsInOrder(local, signal);
    }

    [Theory, MemberData(nameof(Signals))]
    public async Task Client_worker_and_seed_that_are_told_to_end_do_and_a_node_has_done_its_work(int signal)
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        var cluster = $"127.0.0.1:{FreePort.Take()}";
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

        await StopsInOrder(train, signal);
        worker.Signal(signal);
        (await worker.ExitCode()).ShouldBe(ExitCodes.Finished, worker.Everything);
        seed.Signal(signal);
        (await seed.ExitCode()).ShouldBe(ExitCodes.Finished, seed.Everything);
    }

    [Fact]
    public async Task A_run_that_was_stopped_before_it_began_says_so()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var demo = CommandProcess.Start(["demo", .. Endless, "--minimum-workers", "4"]);
        await demo.LineWith("3 of 4 workers ready");

        demo.HangUp();

        (await demo.ExitCode()).ShouldBe(ExitCodes.Stopped, demo.Everything);
        demo.Errors.ShouldBe("actortrain: stopped before there was a result");
    }

    [Fact]
    public async Task A_process_that_ignores_the_end_of_its_terminal_goes_on()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var demo = CommandProcess.StartIgnoringHangup(["demo", .. Endless, "--save", ModelFile]);
        await demo.LineWith("done in");

        demo.HangUp();

        await demo.LineWith("done in");
        await demo.LineWith("done in");
        await StopsInOrder(demo, Terminate);
    }

    [Fact]
    public async Task A_second_signal_ends_at_once()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var worker = CommandProcess.Start("worker", "--join", $"127.0.0.1:{FreePort.Take()}");
        await worker.LineWith("waiting for the cluster");
        // Both wait for it to go on, so that it has no time to end between them.
        worker.Freeze();
        worker.Interrupt();
        worker.Terminate();

        worker.Thaw();

        (await worker.ExitCode()).ShouldBe(ExitCodes.Stopped, worker.Everything);
    }

    private async Task StopsInOrder(CommandProcess run, int signal)
    {
        await run.LineWith("done in");
        run.Signal(signal);
        (await run.ExitCode()).ShouldBe(ExitCodes.Stopped, run.Everything);
        run.Everything.ShouldContain(": stopped after");
        run.Errors.ShouldBeEmpty();
        SafeTensors.Load(ModelFile).Metadata["producer"].ShouldStartWith("ActorTrain");
    }
}
