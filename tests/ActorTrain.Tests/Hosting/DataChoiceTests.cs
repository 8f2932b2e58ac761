using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Supervision;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Hosting;

/// <summary>A machine that lacks the data does not decide what is trained on.</summary>
public sealed class DataChoiceTests
{
    private const int Few = 12,
        Many = 60;

    [Fact]
    public async Task The_data_that_most_workers_have_is_trained_on_though_another_was_ready_first()
    {
        using var loaded = new ManualResetEventSlim();
        await using var cluster = await InProcessCluster.StartAsync();
        await cluster.AddWorkerAsync(new Engines(() => new LinearEngine(Few, fingerprint: "few")));
        foreach (var _ in new[] { 1, 2 })
            await cluster.AddWorkerAsync(
                new Engines(() =>
                {
                    loaded.Wait(Patience);
                    return new LinearEngine(Many, fingerprint: "many");
                })
            );
        await AllEnrolledAsync(cluster, nodes: 4);
        var run = await cluster.SubmitAsync(Jobs.Of(epochs: 1));
        await InProcessCluster.Until(
            run.Progress.GetAsyncEnumerator(),
            progress => progress.Reason.StartsWith("1 worker ready")
        );
        loaded.Set();

        var report = (await run.Completion.WaitAsync(Patience)).Report;
        report.Data.TrainSamples.ShouldBe(Many);
        report.Events.Count(happened => happened.Kind == SupervisionEventKinds.WorkerRefused).ShouldBe(1);
    }

    [Fact]
    public async Task A_substitute_for_the_data_is_an_event_and_stands_in_the_report()
    {
        await using var cluster = await InProcessCluster.StartAsync();
        await cluster.AddWorkerAsync(new Substitutes());
        var report = await cluster.RunAsync(Jobs.Of(epochs: 1));
        report.Data.Substitute.ShouldBe("the built-in subset");
        report
            .Events.Single(happened => happened.Kind == SupervisionEventKinds.DataSubstituted)
            .Remedy.ShouldBe("the job trains on the built-in subset, 640 samples and 64 to test on");
    }

    private static async Task AllEnrolledAsync(InProcessCluster cluster, int nodes)
    {
        var patience = DateTimeOffset.UtcNow + Patience;
        while ((await TrainingClient.Of(cluster.Seed).StatusAsync()).Nodes.Count < nodes)
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
