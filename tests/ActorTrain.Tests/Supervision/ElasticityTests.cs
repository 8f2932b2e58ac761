using ActorTrain.Hosting;
using ActorTrain.Supervision;
using ActorTrain.Tests.Hosting;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Supervision;

/// <summary>Workers that come and go while a cluster trains.</summary>
public sealed class ElasticityTests
{
    [Fact]
    public async Task Twenty_workers_join_and_leave_in_a_random_order_and_each_sample_counts_once()
    {
        const int workers = 20,
            atOnce = 5,
            samples = 64_000;
        var (engines, random) = (Engines.Linear(samples), new SplitMix64(20));
        await using var cluster = await InProcessCluster.StartAsync();
        var first = await cluster.AddWorkerAsync(engines);
        var run = await cluster.SubmitAsync(Jobs.Of(epochs: 1000, batch: 8, balance: Jobs.ByStrength));
        await using var news = run.Progress.GetAsyncEnumerator();
        await InProcessCluster.Until(news, progress => progress.SamplesApplied > 0);

        var there = new List<ActorTrainNode> { first };
        // The system may give a port twice: what joins is counted by its event, and not by its address.
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
        run.Stop();
        var report = (await run.Completion.WaitAsync(Patience)).Report;

        report.Events.Count(Joined).ShouldBe(workers + 1);
        report.Workers.Count.ShouldBe(workers + 1);
        report.Workers.Select(worker => worker.Node).ToHashSet().ShouldBe(addresses, ignoreOrder: true);
        report.Workers.Sum(worker => worker.Samples).ShouldBe(report.SamplesApplied);
        report.Epochs.ShouldAllBe(epoch => epoch.Samples == samples);

        static bool Joined(SupervisionEvent happened) => happened.Kind == SupervisionEventKinds.WorkerJoined;

        static bool Left(SupervisionEvent happened) =>
            happened.Kind is SupervisionEventKinds.WorkerLeft or SupervisionEventKinds.WorkerLost;
    }
}
