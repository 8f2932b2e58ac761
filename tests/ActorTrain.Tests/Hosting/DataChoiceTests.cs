using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Hosting;

/// <summary>A worker without the data does not decide the data set of a job.</summary>
public sealed class DataChoiceTests
{
    private const int Few = 12,
        Many = 60;

    [Fact]
    public async Task The_job_trains_on_the_data_that_most_workers_have_though_another_worker_was_ready_first()
    {
        using var loaded = new ManualResetEventSlim();
        await using var cluster = await InProcessCluster.StartAsync();
        await cluster.AddWorkerAsync(new ToyEngines(() => new LinearEngine(Few, fingerprint: "few")));
        foreach (var _ in new[] { 1, 2 })
            await cluster.AddWorkerAsync(
                new ToyEngines(() =>
                {
                    loaded.Wait(Patience);
                    return new LinearEngine(Many, fingerprint: "many");
                })
            );
        await AllEnrolledAsync(cluster, nodes: 4);
        var run = await cluster.SubmitAsync(Jobs.Create(epochs: 1));
        await InProcessCluster.Until(
            run.Progress.GetAsyncEnumerator(),
            progress => progress.Reason.StartsWith("1 worker ready")
        );
        loaded.Set();

        var report = (await run.Completion.WaitAsync(Patience)).Report;
        report.Data.TrainSamples.ShouldBe(Many);
        report.Events.Count(raised => raised.Kind == SupervisionEventKinds.WorkerRefused).ShouldBe(1);
    }

    [Fact]
    public async Task A_substitute_for_the_data_raises_an_event_and_is_in_the_report()
    {
        await using var cluster = await InProcessCluster.StartAsync();
        await cluster.AddWorkerAsync(new Substitutes());
        var report = await cluster.RunAsync(Jobs.Create(epochs: 1));
        report.Data.Substitute.ShouldBe("the built-in subset");
        report
            .Events.Single(raised => raised.Kind == SupervisionEventKinds.DataSubstituted)
            .Action.ShouldBe("the job trains on the built-in subset, 640 samples and 64 to test on");
    }

    private static async Task AllEnrolledAsync(InProcessCluster cluster, int nodes)
    {
        var patience = DateTimeOffset.UtcNow + Patience;
        while ((await TrainingClient.From(cluster.Seed).GetStatusAsync()).Nodes.Count < nodes)
            if (DateTimeOffset.UtcNow > patience)
                throw new TimeoutException("Not all nodes have enrolled.");
    }

    private sealed class Substitutes : IEngineFactory
    {
        public IGradientEngine Create(JobOptions job) => new Engine(new LinearEngine());

        private sealed class Engine(LinearEngine inner) : WrappedEngine(inner)
        {
            public override DatasetDescription Dataset => Inner.Dataset with { Substitute = "the built-in subset" };

            public override StepResult ComputeGradient(
                ReadOnlySpan<int> samples,
                long seed,
                Span<float> gradient,
                CancellationToken abandoned
            ) => Inner.ComputeGradient(samples, seed, gradient, abandoned);
        }
    }
}
