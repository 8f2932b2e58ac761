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
        var cluster = $"{NetworkNamespaces.HereAddress}:4053";
        await using var seed = CommandProcess.StartIn(network.Here, "seed", "--host", NetworkNamespaces.HereAddress);
        await using var near = CommandProcess.StartIn(
            network.Here,
            "worker",
            "--join",
            cluster,
            "--host",
            NetworkNamespaces.HereAddress,
            "--threads",
            "1"
        );
        await using var far = CommandProcess.StartIn(
            network.There,
            "worker",
            "--join",
            cluster,
            "--host",
            NetworkNamespaces.ThereAddress,
            "--threads",
            "1"
        );
        await using var train = CommandProcess.StartIn(
            network.Here,
            SmallJob.Train(cluster, "--epochs", "100000", "--minimum-workers", "2", "--report", report)
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
        train.Interrupt();
        (await train.ExitCode()).ShouldBe(ExitCodes.Canceled, train.Everything);
        var result = TrainingReportJson.Deserialize(await File.ReadAllTextAsync(report));
        result.Workers.Sum(worker => worker.Samples).ShouldBe(result.SamplesApplied);
        result.Epochs.ShouldAllBe(epoch => epoch.Samples == 12_000);
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
        var cluster = $"{NetworkNamespaces.HereAddress}:4053";
        await using var seed = CommandProcess.StartIn(
            network.Here,
            "seed",
            "--host",
            NetworkNamespaces.HereAddress,
            "--config",
            settings
        );
        await using var far = CommandProcess.StartIn(
            network.There,
            "worker",
            "--config",
            settings,
            "--join",
            cluster,
            "--host",
            NetworkNamespaces.ThereAddress,
            "--threads",
            "1"
        );
        await using var train = CommandProcess.StartIn(network.Here, SmallJob.Train(cluster, "--epochs", "1"));

        (await train.LineWith(SupervisionEventKinds.LaneBroken)).ShouldContain("open its lane port to that node");
        (await train.LineWith("0 of 1 worker ready; ")).ShouldContain(NetworkNamespaces.ThereAddress);
        network.Unblock(lane);

        await train.LineWith(SupervisionEventKinds.WorkerJoined);
        (await train.ExitCode()).ShouldBe(ExitCodes.Finished, train.Everything);
    }
}
