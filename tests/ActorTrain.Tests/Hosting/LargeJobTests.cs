using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Hosting;

/// <summary>
/// Jobs whose history and model are many times larger than Akka.Remote's default frame, with a client that is no member
/// of the cluster.
/// </summary>
public sealed class LargeJobTests
{
    [Fact]
    public async Task A_client_follows_a_job_of_20_000_epochs_and_5_000_events_to_its_end()
    {
        // The first step waits for the events, so that the job is not over before them.
        using var eventsRaised = new ManualResetEventSlim();
        await using var cluster = await InProcessCluster.StartAsync();
        await cluster.AddWorkerAsync(ToyEngines.Linear(trainSamples: 8, eachStep: _ => eventsRaised.Wait(Patience)));
        await using var client = await TrainingClient.ConnectAsync(cluster.Seed.Address, Patience);
        var run = await client.SubmitAsync(Jobs.Create(epochs: 20_000, batch: 8) with { EvaluateEvery = 20_000 });

        // Each pause and each resumption is an event.
        var news = run.Progress.GetAsyncEnumerator();
        await InProcessCluster.Until(news, progress => progress.Phase == JobPhase.Training);
        for (var i = 0; i < 2_500; i++)
        {
            await UntilAnsweredAsync(() => run.PauseAsync());
            await UntilAnsweredAsync(() => run.ResumeAsync());
        }
        var latest = await InProcessCluster.Until(news, progress => progress.Events.Count > 5_000);
        latest.Events.Select(raised => raised.Elapsed).ShouldBeInOrder();
        eventsRaised.Set();

        // Each epoch is a few messages: on a busy machine all of them take minutes.
        while (await news.MoveNextAsync().AsTask().WaitAsync(Patience)) { }
        var report = (await run.Completion).Report;
        report.Epochs.Count.ShouldBe(20_000);
        report.Events.Count.ShouldBeGreaterThan(5_000);
        report.SamplesApplied.ShouldBe(160_000);
        (await client.GetStatusAsync()).Job!.Events.Count.ShouldBe(report.Events.Count);
    }

    [Fact]
    public async Task A_model_of_20_000_tensors_is_trained_and_fetched()
    {
        await using var cluster = await InProcessCluster.StartAsync();
        foreach (var _ in new[] { 1, 2 })
            await cluster.AddWorkerAsync(new ManyTensors());
        await using var client = await TrainingClient.ConnectAsync(cluster.Seed.Address, Patience);
        var run = await client.SubmitAsync(Jobs.Create(epochs: 2, batch: 8) with { MinimumWorkers = 2 });
        var result = await run.Completion.WaitAsync(Patience);
        result.Model.Description.Parameters.Tensors.Count.ShouldBe(ManyTensors.Tensors);
        result.Report.SamplesApplied.ShouldBe(128);
    }

    // On a busy machine an answer may come after the timeout; asking again changes nothing.
    private static async Task UntilAnsweredAsync(Func<Task> ask)
    {
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (ActorTrainException silence) when (silence.Message.Contains("does not answer")) { }
        }
    }

    /// <summary>A model whose tensors have long names and one element each.</summary>
    private sealed class ManyTensors : IEngineFactory
    {
        public const int Tensors = 20_000;

        public IGradientEngine Create(JobOptions job) => new Engine();

        private sealed class Engine : IGradientEngine
        {
            private static readonly ParameterLayout Layout = ParameterLayout.Create(
                Enumerable
                    .Range(0, Tensors)
                    .Select(i => ($"encoder.layers.{i}.attention.projection.weight", (IReadOnlyList<long>)[1]))
            );

            private readonly float[] _parameters = new float[Tensors];

            public ModelDescription Model { get; } = new("many", Layout, ParameterLayout.Empty);

            public DatasetDescription Dataset { get; } = new("none", 64, 8, "00");

            public DeviceDescription Device { get; } = new("cpu", "toy", 1);

            public Memory<float> Parameters => _parameters;

            public Memory<float> Buffers => Memory<float>.Empty;

            public void Initialize(long seed) => Array.Fill(_parameters, 1);

            public StepResult ComputeGradient(ReadOnlySpan<int> samples, long seed, Span<float> gradient)
            {
                _parameters.CopyTo(gradient);
                return new StepResult(1, 0);
            }

            public Evaluation Evaluate(CancellationToken cancellation) => new(1, 0.5, 8);

            public void Dispose() { }
        }
    }
}
