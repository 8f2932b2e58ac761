namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Clusters whose seed stops in order, as a service manager does for an update.</summary>
public sealed class CoordinatorLossTests
{
    private readonly int _port = FreePort.Reserve();

    private string Cluster => $"127.0.0.1:{_port}";

    [Fact]
    public async Task After_an_orderly_stop_of_the_seed_its_nodes_join_the_next_one_and_train()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var worker = Node("worker");
        await using var server = Node("server");
        await using (var seed = CommandProcess.Start("seed", "--port", $"{_port}"))
        {
            await worker.LineWith("joined the cluster");
            await server.LineWith("joined the cluster");
            seed.Terminate();
            (await seed.ExitCode()).ShouldBe(0, seed.Everything);
        }
        var line = $"the cluster at {Cluster} is gone: its last coordinator has left; this node joins anew";
        await worker.LineWith(line);
        await server.LineWith(line);

        await using var next = CommandProcess.Start("seed", "--port", $"{_port}");

        await worker.LineWith("joined the cluster");
        await server.LineWith("joined the cluster");
        await using var train = CommandProcess.Start(SmallJob.Train(Cluster, "--epochs", "1"));
        (await train.ExitCode()).ShouldBe(0, train.Everything);
        (worker.Errors, server.Errors).ShouldBe(("", ""));
    }

    [Fact]
    public async Task When_another_coordinator_takes_over_no_node_joins_anew()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = CommandProcess.Start("seed", "--port", $"{_port}");
        await seed.LineWith("ready");
        await using var second = Node("coordinator,server");
        var address = (await second.LineWith("joined the cluster")).Split(" as ")[1];
        await using var worker = Node("worker");
        await worker.LineWith("joined the cluster");
        seed.Terminate();
        (await seed.ExitCode()).ShouldBe(0, seed.Everything);

        await using var train = CommandProcess.Start(SmallJob.Train(address, "--epochs", "1"));
        (await train.ExitCode()).ShouldBe(0, train.Everything);

        worker.Everything.ShouldNotContain("is gone");
    }

    [Fact]
    public async Task A_worker_without_a_seed_says_what_it_waits_for()
    {
        await using var worker = Node("worker");
        await worker.LineWith($"waiting for the seed {Cluster}: nothing listens there (connection refused)");
    }

    [Fact]
    public async Task A_client_without_a_cluster_says_what_it_waits_for()
    {
        await using var train = CommandProcess.Start("train", "--join", Cluster, "--wait", "60");
        await train.LineWith($"waiting for the seed {Cluster}: nothing listens there (connection refused)");
    }

    private CommandProcess Node(string roles) =>
        CommandProcess.Start("worker", "--join", Cluster, "--role", roles, "--threads", "1");
}
