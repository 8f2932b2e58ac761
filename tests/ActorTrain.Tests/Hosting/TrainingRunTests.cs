using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Hosting;

/// <summary>A run in the hands of the program that submitted it.</summary>
public sealed class TrainingRunTests : IAsyncLifetime
{
    private const int Samples = 1_280;
    private ActorTrainNode _node = null!;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _mayCompute = new();

    public async Task InitializeAsync() =>
        _node = await InProcessCluster.NodeAsync(
            NodeRoles.All,
            engines: Engines.Linear(
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
    public async Task A_paused_run_hands_out_nothing_and_a_resumed_one_counts_each_sample_once()
    {
        var (run, news) = await SubmitHeldAsync();
        await using var _ = news;

        await run.PauseAsync().WaitAsync(Patience);
        await run.PauseAsync().WaitAsync(Patience);
        _mayCompute.Set();
        // What its worker holds it finishes: a lease of four micro-batches, and one that it has asked for ahead of
        // need.
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
            .Events.Select(happened => happened.Kind)
            .ShouldBe([
                SupervisionEventKinds.WorkerJoined,
                SupervisionEventKinds.JobPaused,
                SupervisionEventKinds.JobResumed,
            ]);
    }

    [Fact]
    public async Task A_paused_run_can_be_stopped()
    {
        var (run, news) = await SubmitHeldAsync();
        await using var _ = news;
        await run.PauseAsync().WaitAsync(Patience);
        _mayCompute.Set();

        var result = await run.StopAsync().WaitAsync(Patience);

        result.Stopped.ShouldBeTrue();
        result.Report.SamplesApplied.ShouldBe(result.Report.Workers.Sum(worker => worker.Samples));
    }

    [Fact]
    public async Task Any_actor_can_have_the_events_of_a_run()
    {
        var (run, news) = await SubmitHeldAsync();
        await using var _ = news;
        var seen = new TaskCompletionSource<SupervisionEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        await run.ForwardEventsToAsync(_node.System.ActorOf(Props.Create(() => new Listener(seen))))
            .WaitAsync(Patience);

        await run.GovernAsync(Jobs.Staleness(StalenessPolicy.Inverse, bound: 8)).WaitAsync(Patience);

        (await seen.Task.WaitAsync(Patience)).Kind.ShouldBe(SupervisionEventKinds.StalenessChanged);
        _mayCompute.Set();
        await run.Completion.WaitAsync(Patience);
    }

    [Fact]
    public async Task How_tightly_the_workers_march_can_be_changed_while_a_run_trains()
    {
        var (run, news) = await SubmitHeldAsync();
        await using var _ = news;

        await run.MarchAsync(Jobs.Synchronous(globalBatch: 24)).WaitAsync(Patience);
        _mayCompute.Set();

        var result = await run.Completion.WaitAsync(Patience);
        result.Report.Consistency.ShouldBe("synchronous");
        result.Report.SamplesApplied.ShouldBe(result.Report.SamplesExpected);
        result.Report.Events.ShouldContain(happened => happened.Kind == SupervisionEventKinds.ConsistencyChanged);
    }

    [Fact]
    public async Task What_has_ended_says_so()
    {
        _mayCompute.Set();
        var run = await TrainingClient.Of(_node).SubmitAsync(Jobs.Of(epochs: 1));
        await run.Completion.WaitAsync(Patience);

        (await Should.ThrowAsync<ActorTrainException>(() => run.PauseAsync().WaitAsync(Patience))).Message.ShouldBe(
            "The run has ended."
        );
    }

    /// <summary>A run whose worker is in the middle of its first micro-batch.</summary>
    private async Task<(TrainingRun Run, IAsyncEnumerator<JobProgress> News)> SubmitHeldAsync()
    {
        var run = await TrainingClient.Of(_node).SubmitAsync(Jobs.Of(epochs: 2));
        await _begun.Task.WaitAsync(Patience);
        return (run, run.Progress.GetAsyncEnumerator());
    }

    private static Task<JobProgress> Until(IAsyncEnumerator<JobProgress> news, Func<JobProgress, bool> condition) =>
        InProcessCluster.Until(news, condition);

    private sealed class Listener : ReceiveActor
    {
        public Listener(TaskCompletionSource<SupervisionEvent> seen) =>
            Receive<SupervisionEvent>(happened => seen.TrySetResult(happened));
    }
}
