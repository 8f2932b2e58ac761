using ActorTrain.CommandLine;
using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>
/// Clusters of the default commands, whose seed is lost in the middle of a job: it has the coordinator and the only
/// parameter shard.
/// </summary>
public sealed class LostSeedTests : FailureTestBase
{
    [Fact]
    public async Task A_job_goes_on_without_its_killed_seed_which_joins_again_and_then_without_another_node()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = Seed();
        await using var first = Worker();
        await using var second = Worker();
        await using var third = Worker();
        await using var train = Train(workers: 3);
        await FirstCopy(train);

        seed.Kill();
        await train.LineWith(SupervisionEventKinds.CoordinatorMoved);
        var restored = await train.LineWith(SupervisionEventKinds.ShardRestored);
        await train.LineWith("done in");

        await using var again = Seed();
        await again.LineWith($"joined the cluster that lives on, as {_cluster}");
        // The node that has the shard now.
        foreach (var worker in new[] { first, second, third })
            if (restored.Contains(AddressOf(worker), StringComparison.Ordinal))
                worker.Kill();
        await train.LineWith(SupervisionEventKinds.WorkerLost);
        await train.LineWith(SupervisionEventKinds.ShardRestored);
        await train.LineWith("done in");
        await CancelAndCheckCounts(train);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(45)]
    public async Task A_job_goes_on_without_its_frozen_seed_which_joins_again_when_it_resumes(int secondsMore)
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = Seed();
        await using var first = Worker();
        await using var second = Worker();
        await using var train = Train(workers: 2);
        await FirstCopy(train);

        seed.Freeze();
        await train.LineWith(SupervisionEventKinds.ShardRestored);
        await train.LineWith("done in");
        await Task.Delay(TimeSpan.FromSeconds(secondsMore));
        seed.Thaw();

        await seed.LineWith("this node was taken out of its cluster; it joins anew");
        await seed.LineWith($"joined the cluster that lives on, as {_cluster}");
        await train.LineWith("done in");
        await CancelAndCheckCounts(train);
    }

    [Fact]
    public async Task A_single_worker_goes_on_when_its_seed_stops_in_order()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        await using var seed = Seed();
        await using var worker = Worker();
        await using var train = Train(workers: 1);
        await FirstCopy(train);

        seed.Terminate();

        (await seed.ExitCode()).ShouldBe(0, seed.Everything);
        await train.LineWith(SupervisionEventKinds.ShardRestored);
        await train.LineWith("done in");
        await CancelAndCheckCounts(train);
        await using var status = CommandProcess.Start("status", "--join", _cluster);
        (await status.ExitCode()).ShouldBe(0, status.Everything);
        status.Errors.ShouldBe($"{_cluster} does not answer; asking {AddressOf(worker)}, which was in its cluster");
    }

    [Fact]
    public async Task A_deterministic_job_has_the_same_bits_with_and_without_the_loss_of_its_seed()
    {
        if (OperatingSystem.IsWindows())
            return; // no signals there
        var job = Path.Combine(_folder.FullName, "job.conf");
        await File.WriteAllTextAsync(
            job,
            """
            actortrain.job {
              consistency { name = synchronous, synchronous { global-batch-size = 128, deterministic = on } }
              epochs = 60, evaluate-every = 5, minimum-workers = 2
            }
            """
        );
        await using var seed = Seed();
        await using var first = Worker();
        await using var second = Worker();
        var (quiet, lost) = (ModelFile("quiet"), ModelFile("lost"));
        await using (var train = Train(quiet))
            (await train.ExitCode()).ShouldBe(ExitCodes.Finished, train.Everything);

        await using (var train = Train(lost))
        {
            await train.LineWith("epoch 20/");
            seed.Kill();
            await train.LineWith(SupervisionEventKinds.ShardRestored);
            (await train.ExitCode()).ShouldBe(ExitCodes.Finished, train.Everything);
        }

        (await File.ReadAllBytesAsync(lost)).ShouldBe(await File.ReadAllBytesAsync(quiet));

        string ModelFile(string name) => Path.Combine(_folder.FullName, $"{name}.safetensors");

        CommandProcess Train(string model) =>
            CommandProcess.Start([
                "train",
                job,
                "--join",
                _cluster,
                "--wait",
                "60",
                .. SmallJob.Options,
                "--save",
                model,
                "--plain",
            ]);
    }

    [Fact]
    public async Task Workers_without_a_job_follow_a_seed_that_has_begun_another_cluster()
    {
        await using var worker = Worker();
        await using (var seed = Seed())
        {
            await worker.LineWith("joined the cluster");
            seed.Kill();
            // It goes on as a cluster of its own, and may not have taken the seed out of it yet.
            await worker.ErrorWith($"The process of node {_cluster} is gone");
        }
        // It knows no address of the cluster before, as in a container without a volume.
        await using var another = CommandProcess.StartWith(
            new Dictionary<string, string> { ["XDG_STATE_HOME"] = _folder.FullName },
            "seed",
            "--port",
            _cluster.Split(':')[1]
        );
        await another.LineWith("ready");

        await worker.LineWith($"the cluster at {_cluster} is gone: its seed {_cluster} has begun another");

        await worker.LineWith("joined the cluster");
        await using var train = CommandProcess.Start(SmallJob.Train(_cluster, "--epochs", "1"));
        (await train.ExitCode()).ShouldBe(0, train.Everything);
    }

    /// <summary>Training goes on long enough for a first copy of the shard.</summary>
    private static async Task FirstCopy(CommandProcess train)
    {
        for (var epoch = 1; epoch <= 5; epoch++)
            await train.LineWith("done in");
    }

    private CommandProcess Train(int workers) =>
        CommandProcess.Start(
            SmallJob.Train(_cluster, "--epochs", "100000", "--minimum-workers", $"{workers}", "--report", ReportFile)
        );

    private static string AddressOf(CommandProcess worker) =>
        worker.Output.Split('\n').First(line => line.Contains(" as ", StringComparison.Ordinal)).Split(" as ")[1];
}
