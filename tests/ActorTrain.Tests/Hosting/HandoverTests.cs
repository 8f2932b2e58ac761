using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Hosting;

/// <summary>A node that is stopped in order hands over what it has: another goes on, and nothing is trained
/// twice.</summary>
public sealed class HandoverTests
{
    private const int Micro = 16,
        Samples = 4_000 * Micro;

    [Theory]
    [InlineData(ConsistencyMode.Asynchronous, 1, true)]
    [InlineData(ConsistencyMode.Asynchronous, 2, true)]
    [InlineData(ConsistencyMode.Asynchronous, 2, false)]
    [InlineData(ConsistencyMode.Bounded, 1, true)]
    [InlineData(ConsistencyMode.Synchronous, 2, true)]
    [InlineData(ConsistencyMode.Synchronous, 2, false)]
    public async Task No_gradient_is_computed_twice(string mode, int shards, bool isCoordinatorStopped)
    {
        using var engines = new HeldEngines(ToyEngines.Linear(Samples), Samples / 2);
        await using var first = await InProcessCluster.NodeAsync([NodeRoles.Coordinator, NodeRoles.Server]);
        await using var second = await InProcessCluster.NodeAsync(
            [NodeRoles.Coordinator, shards == 1 ? NodeRoles.Standby : NodeRoles.Server],
            first.Address
        );
        await using var worker = await Worker();
        // The gathered gradients of an open step of several workers are computed again.
        await using var another = mode == ConsistencyMode.Synchronous ? null : await Worker();
        var (stopped, other) = isCoordinatorStopped ? (first, second) : (second, first);
        // An idle worker may repeat what another is slow with.
        var job = Jobs.Create(epochs: 1, batch: Micro) with
        {
            Shards = shards,
            Balance = new BalanceOptions { Repeat = false },
        };
        await using var client = TrainingClient.From(other);
        var run = await client.SubmitAsync(job with { Consistency = job.Consistency with { Mode = mode } });
        await engines.Reached.WaitAsync(Patience);

        var stopping = stopped.StopAsync();
        engines.Release();
        await stopping;

        var report = (await run.Completion.WaitAsync(Patience)).Report;
        report.Events.ShouldContain(raised => raised.Kind == SupervisionEventKinds.ShardRestored);
        report.SamplesApplied.ShouldBe(Samples);
        report.DuplicatesRefused.ShouldBe(0);
        engines.Computed.ShouldBe(Samples);

        Task<ActorTrainNode> Worker() => InProcessCluster.NodeAsync([NodeRoles.Worker], first.Address, engines);
    }
}
