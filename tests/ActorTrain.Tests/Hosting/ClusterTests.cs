using ActorTrain.Hosting;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;
using Akka.Configuration;

namespace ActorTrain.Tests.Hosting;

/// <summary>Whole clusters of real nodes in this process, with an engine that needs no Torch.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task One_node_with_all_roles_trains_a_job_to_its_end()
    {
        await using var node = await Node(NodeRoles.All, engines: Engines.Linear(withState: true));
        var run = await TrainingClient.Of(node).SubmitAsync(Jobs.Of(epochs: 3));

        var result = await run.Completion.WaitAsync(TimeSpan.FromSeconds(60));

        result.Stopped.ShouldBeFalse();
        result.Report.SamplesApplied.ShouldBe(3 * 640);
        result.Report.SamplesExpected.ShouldBe(3 * 640);
        result.Report.Workers.Sum(worker => worker.Samples).ShouldBe(3 * 640);
        result.Report.Epochs.Count.ShouldBe(3);
        result.Report.Epochs.ShouldAllBe(epoch => epoch.Samples == 640 && epoch.TestAccuracy != null);
        result.Report.Epochs[^1].TestLoss!.Value.ShouldBeLessThan(result.Report.Epochs[0].TestLoss!.Value);
        result.Report.TestAccuracy.ShouldBe(result.Report.Epochs[^1].TestAccuracy);
        result.Model.Parameters.Length.ShouldBe(LinearEngine.Inputs + 1);
        result.Model.State.Span[0].ShouldBeGreaterThan(0);
    }

    [Theory, InlineData("on"), InlineData("off")]
    public async Task A_seed_and_three_workers_share_the_samples(string withinProcess)
    {
        await using var seed = await Node([NodeRoles.Coordinator, NodeRoles.Server], withinProcess: withinProcess);
        await using var first = await Node([NodeRoles.Worker], seed, Engines.Linear(withState: true), withinProcess);
        await using var second = await Node([NodeRoles.Worker], seed, Engines.Linear(withState: true), withinProcess);
        await using var third = await Node([NodeRoles.Worker], seed, Engines.Linear(withState: true), withinProcess);
        await using var client = await TrainingClient.ConnectAsync(seed.Address, TimeSpan.FromSeconds(20));
        var run = await client.SubmitAsync(Jobs.Of(epochs: 20, batch: 8, shards: 3, minimumWorkers: 3));

        var result = await run.Completion.WaitAsync(TimeSpan.FromSeconds(60));

        var report = result.Report;
        report.SamplesApplied.ShouldBe(20 * 640);
        report.Workers.Count.ShouldBe(3);
        report.Workers.ShouldAllBe(worker => worker.Samples > 0);
        report.Workers.Sum(worker => worker.Samples).ShouldBe(20 * 640);
        report.Shards.Count.ShouldBe(3);
        report.Shards.ShouldAllBe(shard => shard.Version == 20 * 640 / 8);
        report.Staleness.Histogram.Sum().ShouldBe(3 * 20 * 640 / 8);
        report.TestAccuracy!.Value.ShouldBeGreaterThan(0.9);
    }

    private static Task<ActorTrainNode> Node(
        IReadOnlyList<string> roles, ActorTrainNode? join = null, IEngineFactory? engines = null, string withinProcess = "on") =>
        ActorTrainNode.StartAsync(new NodeOptions(roles)
        {
            Join = join?.Address,
            Engines = engines,
            Configuration = ConfigurationFactory.ParseString(
                $"actortrain {{ coordinator.progress-interval = 100ms, lane.within-process = {withinProcess} }}"),
        });
}
