namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Nodes as processes: they find each other in any order, and end when they are told to.</summary>
public class NodeProcessTests
{
    [Fact]
    public async Task A_worker_waits_for_its_seed_and_both_leave_when_told()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        var port = FreePort.Take();
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
    public async Task A_worker_that_belongs_to_a_process_ends_with_it()
    {
        await using var worker = CommandProcess.Start(
            "worker",
            "--join",
            $"127.0.0.1:{FreePort.Take()}",
            "--end-with-input"
        );
        await worker.LineWith("waiting for the cluster");

        worker.CloseInput();

        (await worker.ExitCode()).ShouldBe(0, worker.Everything);
    }

    [Fact]
    public async Task A_worker_outlives_its_cluster_and_joins_the_next_one()
    {
        var port = FreePort.Take();
        await using var worker = CommandProcess.Start("worker", "--join", $"127.0.0.1:{port}");
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
    public async Task A_wrong_input_is_one_line_and_no_trace_from_the_process_as_well()
    {
        await using var train = CommandProcess.Start("train", "--join", "127.0.0.1:1", "--wait", "0");

        (await train.ExitCode()).ShouldBe(2);
        train.Errors.ShouldStartWith("actortrain: ");
        train.Errors.ShouldNotContain("\n");
        train.Errors.ShouldNotContain(" at ActorTrain.");
    }
}
