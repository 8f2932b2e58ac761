using System.Collections.Concurrent;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Hosting;

/// <summary>Submitting and stopping, from a client that is no member of the cluster.</summary>
public sealed class SubmissionTests : IAsyncLifetime
{
    private ActorTrainNode _seed = null!;
    private TrainingClient _client = null!;

    public async Task InitializeAsync()
    {
        _seed = await InProcessCluster.NodeAsync([NodeRoles.Coordinator, NodeRoles.Server]);
        _client = await TrainingClient.ConnectAsync(_seed.Address, Patience);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _seed.DisposeAsync();
    }

    [Fact]
    public async Task A_submit_that_is_cancelled_before_its_answer_leaves_no_job_behind()
    {
        for (var i = 0; i < 40; i++)
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMicroseconds(200 * i));
            try
            {
                (await _client.SubmitAsync(Named($"cancelled {i}"), cancellation.Token)).Stop();
            }
            catch (OperationCanceledException) { }
        }
        (await SubmitWhenFreeAsync("next")).Stop();
    }

    [Fact]
    public async Task A_run_that_is_stopped_while_workers_are_gathered_ends_as_stopped()
    {
        var run = await _client.SubmitAsync(Jobs.Of());
        run.Stop();
        (await Should.ThrowAsync<TrainingStoppedException>(() => run.Completion.WaitAsync(Patience))).Message.ShouldBe(
            "The job was stopped before training began."
        );
        (await _client.StatusAsync()).Job!.Phase.ShouldBe(JobPhase.Stopped);
    }

    [Fact]
    public async Task Any_client_stops_the_job_that_runs_and_its_own_client_gets_what_there_is()
    {
        await using var worker = await InProcessCluster.NodeAsync(
            [NodeRoles.Worker],
            _seed.Address,
            Engines.Linear(trainSamples: 64_000)
        );
        var run = await _client.SubmitAsync(Jobs.Of(epochs: 100));
        await InProcessCluster.Until(run.Progress.GetAsyncEnumerator(), progress => progress.SamplesApplied > 0);

        await using (var other = await TrainingClient.ConnectAsync(_seed.Address, Patience))
            await other.StopAsync();

        var result = await run.Completion.WaitAsync(Patience);
        result.Stopped.ShouldBeTrue();
        result.Report.SamplesApplied.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_refused_submit_raises_no_unobserved_exception()
    {
        var unobserved = new ConcurrentQueue<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs failure) =>
            unobserved.Enqueue(failure.Exception.ToString());
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            var run = await _client.SubmitAsync(Named("first"));
            await RefuseAsync();
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            unobserved.ShouldNotContain(failure => failure.Contains("'first'"));
            run.Stop();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }
    }

    // Of its own, so that nothing of it is held by the test.
    private async Task RefuseAsync() =>
        (await Should.ThrowAsync<ActorTrainException>(() => _client.SubmitAsync(Jobs.Of()))).Message.ShouldContain(
            "'first'"
        );

    private static JobOptions Named(string name) => Jobs.Of() with { Name = name };

    private async Task<TrainingRun> SubmitWhenFreeAsync(string name)
    {
        var patience = DateTimeOffset.UtcNow + Patience;
        while (true)
        {
            try
            {
                return await _client.SubmitAsync(Named(name));
            }
            catch (ActorTrainException busy) when (busy.Message.Contains("at work") && DateTimeOffset.UtcNow < patience)
            {
                await Task.Yield();
            }
        }
    }
}
