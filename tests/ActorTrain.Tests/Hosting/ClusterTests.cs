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

    private static Task<ActorTrainNode> Node(IReadOnlyList<string> roles, ActorTrainNode? join = null, IEngineFactory? engines = null) =>
        ActorTrainNode.StartAsync(new NodeOptions(roles)
        {
            Join = join?.Address,
            Engines = engines,
            Configuration = ConfigurationFactory.ParseString("actortrain.coordinator.progress-interval = 100ms"),
        });
}
