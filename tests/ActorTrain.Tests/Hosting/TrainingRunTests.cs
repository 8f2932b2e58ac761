using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Hosting;

/// <summary>A run as the program uses it that submitted it.</summary>
public sealed class TrainingRunTests : IAsyncLifetime
{
    private const int Samples = 1_280;
    private ActorTrainNode _node = null!;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _mayCompute = new();

    public async Task InitializeAsync() =>
        _node = await InProcessCluster.NodeAsync(
            NodeRoles.All,
            engines: ToyEngines.Linear(
                Samples,
                _ =>
                {
                    _begun.TrySetResult();
                    _mayCompute.Wait(Patience);
                }
            )
        );

    public async Task DisposeAsync()
    {
        _mayCompute.Set();
        await _node.DisposeAsync();
        _mayCompute.Dispose();
    }

    [Fact]
    public async Task A_paused_run_grants_no_leases_and_a_resumed_one_counts_each_sample_once()
    {
        var (run, news) = await SubmitHeldAsync();
        await using var _ = news;

        await run.PauseAsync().WaitAsync(Patience);
        await run.PauseAsync().WaitAsync(Patience);
        _mayCompute.Set();
        // The worker finishes its leases: one of four micro-batches, and one that it had requested ahead.
        var paused = await Until(news, progress => progress.Phase == JobPhase.Paused && progress.SamplesApplied > 0);
        for (var look = 0; look < 5; look++)
            paused = await Until(news, progress => progress.Phase == JobPhase.Paused);
        paused.SamplesApplied.ShouldBeLessThanOrEqualTo(2 * 4 * 16);
        await run.ResumeAsync().WaitAsync(Patience);
        var report = (await run.Completion.WaitAsync(Patience)).Report;

        report.SamplesApplied.ShouldBe(2 * Samples);
        report.Workers.Sum(worker => worker.Samples).ShouldBe(2 * Samples);
        report.DuplicatesRefused.ShouldBe(0);
        report.Epochs.ShouldAllBe(epoch => epoch.Samples == Samples && epoch.TestAccuracy != null);
        report
            .Events.Select(raised => raised.Kind)
            .ShouldBe([
                SupervisionEventKinds.WorkerJoined,
                SupervisionEventKinds.JobPaused,
                SupervisionEventKinds.JobResumed,
            ]);
    }

    [Fact]
    public async Task A_paused_run_can_be_canceled()
    {
        var (run, news) = await SubmitHeldAsync();
        await using var _ = news;
        await run.PauseAsync().WaitAsync(Patience);
        _mayCompute.Set();

        var result = await run.CancelAsync().WaitAsync(Patience);

        result.IsCanceled.ShouldBeTrue();
        result.Report.SamplesApplied.ShouldBe(result.Report.Workers.Sum(worker => worker.Samples));
    }

    [Fact]
    public async Task Any_actor_can_subscribe_to_the_events_of_a_run()
    {
        var (run, news) = await SubmitHeldAsync();
        await using var _ = news;
        var seen = new TaskCompletionSource<SupervisionEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        await run.ForwardEventsToAsync(_node.System.ActorOf(Props.Create(() => new Listener(seen))))
            .WaitAsync(Patience);

        await run.SetStalenessPolicyAsync(Jobs.Staleness(StalenessPolicy.Inverse, bound: 8)).WaitAsync(Patience);

        (await seen.Task.WaitAsync(Patience)).Kind.ShouldBe(SupervisionEventKinds.StalenessChanged);
        _mayCompute.Set();
        await run.Completion.WaitAsync(Patience);
    }

    [Fact]
    public async Task The_consistency_model_can_be_changed_while_a_run_trains()
    {
        var (run, news) = await SubmitHeldAsync();
        await using var _ = news;

        await run.SetConsistencyAsync(Jobs.Synchronous(globalBatch: 24)).WaitAsync(Patience);
        _mayCompute.Set();

        var result = await run.Completion.WaitAsync(Patience);
        result.Report.Consistency.ShouldBe("synchronous");
        result.Report.SamplesApplied.ShouldBe(result.Report.SamplesExpected);
        result.Report.Events.ShouldContain(raised => raised.Kind == SupervisionEventKinds.ConsistencyChanged);
    }

    [Fact]
    public async Task A_request_to_an_ended_run_is_refused()
    {
        _mayCompute.Set();
        var run = await TrainingClient.From(_node).SubmitAsync(Jobs.Create(epochs: 1));
        await run.Completion.WaitAsync(Patience);

        (await Should.ThrowAsync<ActorTrainException>(() => run.PauseAsync().WaitAsync(Patience))).Message.ShouldBe(
            "The run has ended."
        );
    }

    /// <summary>A run whose worker is in the middle of its first micro-batch.</summary>
    private async Task<(TrainingRun Run, IAsyncEnumerator<JobProgress> News)> SubmitHeldAsync()
    {
        var run = await TrainingClient.From(_node).SubmitAsync(Jobs.Create(epochs: 2));
        await _begun.Task.WaitAsync(Patience);
        return (run, run.Progress.GetAsyncEnumerator());
    }

    private static Task<JobProgress> Until(IAsyncEnumerator<JobProgress> news, Func<JobProgress, bool> condition) =>
        InProcessCluster.Until(news, condition);

    private sealed class Listener : ReceiveActor
    {
        public Listener(TaskCompletionSource<SupervisionEvent> seen) =>
            Receive<SupervisionEvent>(raised => seen.TrySetResult(raised));
    }
}
