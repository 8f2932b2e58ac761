using ActorTrain.CommandLine;
using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Two hosts, one with the seed and a worker, the other with a worker, and the link between them.</summary>
public sealed class NetworkCutTests
{
    [NetworkFact]
    public async Task A_worker_behind_a_partition_is_replaced_and_joins_anew_when_the_network_is_back()
    {
        using var folder = new TemporaryFolder();
        var report = Path.Combine(folder.Path, "report.json");
        using var network = new NetworkNamespaces();
        await using var seed = Node(network.Here, NetworkNamespaces.HereAddress, "seed");
        await using var near = Worker(network.Here, NetworkNamespaces.HereAddress);
        await using var far = Worker(network.There, NetworkNamespaces.ThereAddress);
        await using var train = CommandProcess.StartIn(
            network.Here,
            SmallJob.Train(Cluster, "--epochs", "100000", "--minimum-workers", "2", "--report", report)
        );
        await far.LineWith("joined the cluster");
        await train.LineWith("epoch 2/");

        network.Cut();
        (await train.LineWith(SupervisionEventKinds.WorkerUnreachable)).ShouldContain(NetworkNamespaces.ThereAddress);
        await train.LineWith(SupervisionEventKinds.WorkerLost);
        // The smaller side stops by itself, so that only one model is trained.
        await far.LineWith("is gone");
        network.Heal();

        await far.LineWith("joined the cluster");
        (await train.LineWith(SupervisionEventKinds.WorkerJoined)).ShouldContain(NetworkNamespaces.ThereAddress);
        await train.LineWith("done in");
        await train.LineWith("done in");
        await CancelAndCheckCounts(train, report);
    }

    [NetworkTheory]
    [InlineData(8)]
    [InlineData(30)]
    public async Task A_client_without_network_for_a_while_follows_its_job_again(int seconds)
    {
        using var folder = new TemporaryFolder();
        var report = Path.Combine(folder.Path, "report.json");
        using var network = new NetworkNamespaces();
        await using var seed = Node(network.Here, NetworkNamespaces.HereAddress, "seed");
        await using var worker = Worker(network.Here, NetworkNamespaces.HereAddress);
        // It is cut off while it fetches weights, too.
        var model = Path.Combine(folder.Path, "model.safetensors");
        await using var train = CommandProcess.StartIn(
            network.There,
            SmallJob.Train(Cluster, "--epochs", "100000", "--report", report, "--save", model, "--save-every", "1")
        );
        await train.LineWith("saved after epoch");

        network.Cut();
        await train.LineWith("the job does not answer; it goes on in its cluster");
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        network.Heal();

        await train.LineWith("done in");
        await train.LineWith("saved after epoch");
        await CancelAndCheckCounts(train, report);
        train.Output.ShouldNotContain("lost");
    }

    [NetworkTheory]
    [InlineData(8)]
    [InlineData(30)]
    public async Task A_job_goes_on_when_its_seed_is_without_network_for_a_while(int seconds)
    {
        using var folder = new TemporaryFolder();
        var report = Path.Combine(folder.Path, "report.json");
        using var network = new NetworkNamespaces();
        await using var seed = Node(network.Here, NetworkNamespaces.HereAddress, "seed");
        await using var first = Worker(network.There, NetworkNamespaces.ThereAddress);
        await using var second = Worker(network.There, NetworkNamespaces.ThereAddress);
        await using var train = CommandProcess.StartIn(
            network.There,
            SmallJob.Train(Cluster, "--epochs", "100000", "--minimum-workers", "2", "--report", report)
        );
        for (var epoch = 1; epoch <= 5; epoch++)
            await train.LineWith("done in");

        network.Cut();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        network.Heal();

        // A short cut may end before the others go on without the seed.
        if (seconds > 20)
        {
            await train.LineWith(SupervisionEventKinds.CoordinatorMoved);
            // One cluster: it joins that of the others.
            await seed.LineWith("joined the cluster that lives on");
        }
        await NextEpoch(train);
        await CancelAndCheckCounts(train, report);
        train.Output.ShouldNotContain("is lost");
    }

    [NetworkFact]
    public async Task A_worker_that_the_server_cannot_reach_is_reported_and_takes_part_when_its_port_is_open()
    {
        const int lane = 4555;
        using var folder = new TemporaryFolder();
        var settings = Path.Combine(folder.Path, "node.conf");
        // Both namespaces are on one machine: shared memory and Unix sockets would bypass the block.
        await File.WriteAllTextAsync(settings, $"actortrain.lane {{ port = {lane}, same-machine = tcp }}");
        using var network = new NetworkNamespaces();
        network.Block(lane);
        await using var seed = Node(network.Here, NetworkNamespaces.HereAddress, "seed", "--config", settings);
        await using var far = Node(
            network.There,
            NetworkNamespaces.ThereAddress,
            "worker",
            "--config",
            settings,
            "--join",
            Cluster,
            "--threads",
            "1"
        );
        await using var train = CommandProcess.StartIn(network.Here, SmallJob.Train(Cluster, "--epochs", "1"));

        (await train.LineWith(SupervisionEventKinds.LaneBroken)).ShouldContain("open its lane port to that node");
        (await train.LineWith("0 of 1 worker ready; ")).ShouldContain(NetworkNamespaces.ThereAddress);
        network.Unblock(lane);

        await train.LineWith(SupervisionEventKinds.WorkerJoined);
        (await train.ExitCode()).ShouldBe(ExitCodes.Finished, train.Everything);
    }

    private static string Cluster => $"{NetworkNamespaces.HereAddress}:4053";

    private static CommandProcess Worker(string network, string address) =>
        Node(network, address, "worker", "--join", Cluster, "--threads", "1");

    private static CommandProcess Node(string network, string address, params string[] arguments) =>
        CommandProcess.StartIn(network, [.. arguments, "--host", address]);

    /// <summary>An epoch that is done from now on: more than were done before.</summary>
    private static async Task NextEpoch(CommandProcess train)
    {
        const string done = "done in";
        for (var before = train.Output.Split(done).Length; before > 0; before--)
            await train.LineWith(done);
    }

    private static async Task CancelAndCheckCounts(CommandProcess train, string report)
    {
        train.Interrupt();
        (await train.ExitCode()).ShouldBe(ExitCodes.Canceled, train.Everything);
        var result = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(report));
        result.Workers.Sum(worker => worker.Samples).ShouldBe(result.SamplesApplied);
        result.Epochs.ShouldAllBe(epoch => epoch.Samples == 12_000);
    }
}
