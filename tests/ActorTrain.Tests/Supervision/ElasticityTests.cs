using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Tests.Hosting;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Supervision;

/// <summary>Workers join and leave while a cluster trains.</summary>
public sealed class ElasticityTests
{
    [Fact]
    public async Task Twenty_workers_join_and_leave_in_a_random_order_and_each_sample_counts_once()
    {
        const int workers = 20,
            atOnce = 5,
            samples = 64_000;
        var (engines, random) = (ToyEngines.Linear(samples), new SplitMix64(20));
        await using var cluster = await InProcessCluster.StartAsync();
        var first = await cluster.AddWorkerAsync(engines);
        var run = await cluster.SubmitAsync(Jobs.Create(epochs: 1000, batch: 8, balance: Jobs.ByStrength));
        await using var news = run.Progress.GetAsyncEnumerator();
        await InProcessCluster.Until(news, progress => progress.SamplesApplied > 0);

        var there = new List<ActorTrainNode> { first };
        // The system may assign a port twice: joins are counted by events, not by addresses.
        var addresses = new HashSet<string> { first.Address.ToString() };
        for (var joined = 0; joined < workers; joined += atOnce)
        {
            there.AddRange(
                await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => cluster.AddWorkerAsync(engines)))
            );
            addresses.UnionWith(there.Select(worker => worker.Address.ToString()));
            await InProcessCluster.Until(news, progress => progress.Events.Count(Joined) == joined + atOnce + 1);
            var leaving = there.OrderBy(_ => random.NextBelow(1000)).Take(atOnce).ToList();
            there.RemoveAll(leaving.Contains);
            await Task.WhenAll(leaving.Select(cluster.RemoveWorkerAsync));
        }
        var before = (
            await InProcessCluster.Until(news, progress => progress.Events.Count(Left) == workers)
        ).SamplesApplied;
        await InProcessCluster.Until(news, progress => progress.SamplesApplied > before);
        run.Cancel();
        var report = (await run.Completion.WaitAsync(Patience)).Report;

        report.Events.Count(Joined).ShouldBe(workers + 1);
        report.Workers.Count.ShouldBe(workers + 1);
        report.Workers.Select(worker => worker.Node).ToHashSet().ShouldBe(addresses, ignoreOrder: true);
        report.Workers.Sum(worker => worker.Samples).ShouldBe(report.SamplesApplied);
        report.Epochs.ShouldAllBe(epoch => epoch.Samples == samples);

        static bool Joined(SupervisionEvent raised) => raised.Kind == SupervisionEventKinds.WorkerJoined;

        static bool Left(SupervisionEvent raised) =>
            raised.Kind is SupervisionEventKinds.WorkerLeft or SupervisionEventKinds.WorkerLost;
    }
}
