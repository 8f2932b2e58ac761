namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Nodes as processes: they find each other in any order, and stop on a signal.</summary>
public class NodeProcessTests
{
    [Fact]
    public async Task A_worker_waits_for_its_seed_and_both_stop_on_a_signal()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        var port = FreePort.Reserve();
        await using var worker = CommandProcess.Start("worker", "--join", $"127.0.0.1:{port}");
        await worker.LineWith($"waiting for the cluster at 127.0.0.1:{port}");

        await using var seed = CommandProcess.Start("seed", "--port", $"{port}");

        (await seed.LineWith("actortrain worker --join")).ShouldEndWith($"actortrain worker --join 127.0.0.1:{port}");
        await worker.LineWith($"joined the cluster at 127.0.0.1:{port}");
        worker.Terminate();
        (await worker.ExitCode()).ShouldBe(0, worker.Everything);
        seed.Interrupt();
        (await seed.ExitCode()).ShouldBe(0, seed.Everything);
        (worker.Errors, seed.Errors).ShouldBe(("", ""));
    }

    [Fact]
    public async Task A_worker_with_end_with_input_ends_with_its_standard_input()
    {
        await using var worker = CommandProcess.Start(
            "worker",
            "--join",
            $"127.0.0.1:{FreePort.Reserve()}",
            "--end-with-input"
        );
        await worker.LineWith("waiting for the cluster");

        worker.CloseInput();

        (await worker.ExitCode()).ShouldBe(0, worker.Everything);
    }

    [Fact]
    public async Task A_worker_joins_the_next_cluster_when_its_own_is_gone()
    {
        var port = FreePort.Reserve();
        await using var worker = CommandProcess.Start("worker", "--join", $"127.0.0.1:{port}", "--role", "worker");
        await using (var seed = CommandProcess.Start("seed", "--port", $"{port}"))
        {
            await worker.LineWith("joined the cluster");
            seed.Kill();
            await seed.ExitCode();
        }
        await worker.LineWith("is gone");

        await using var next = CommandProcess.Start("seed", "--port", $"{port}");

        await worker.LineWith("joined the cluster");
    }

    [Fact]
    public async Task A_process_reports_a_wrong_input_in_one_line_without_a_trace()
    {
        await using var train = CommandProcess.Start("train", "--join", "127.0.0.1:1", "--wait", "0");

        (await train.ExitCode()).ShouldBe(2);
        train.Errors.ShouldStartWith("actortrain: ");
        train.Errors.ShouldNotContain("\n");
        train.Errors.ShouldNotContain(" at ActorTrain.");
    }
}
