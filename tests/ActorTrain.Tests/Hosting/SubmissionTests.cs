using System.Collections.Concurrent;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Hosting;

/// <summary>Submitting and canceling, from a client that is no member of the cluster.</summary>
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
    public async Task A_submission_canceled_before_its_answer_leaves_no_job()
    {
        for (var i = 0; i < 40; i++)
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMicroseconds(200 * i));
            try
            {
                (await _client.SubmitAsync(Named($"cancelled {i}"), cancellation.Token)).Cancel();
            }
            catch (OperationCanceledException) { }
        }
        var next = await _client.SubmitAsync(Named("next"));
        await foreach (var progress in next.Progress)
            if (progress.Phase == JobPhase.WaitingForWorkers)
                break;
        (await _client.GetJobsAsync()).Count(job => job.Ended is null).ShouldBe(1);
        next.Cancel();
    }

    [Fact]
    public async Task A_run_canceled_while_it_waits_for_workers_ends_as_canceled()
    {
        var run = await _client.SubmitAsync(Jobs.Create());
        run.Cancel();
        (await Should.ThrowAsync<JobCanceledException>(() => run.Completion.WaitAsync(Patience))).Message.ShouldBe(
            "The job was canceled before training began."
        );
        (await _client.GetStatusAsync()).Job!.Phase.ShouldBe(JobPhase.Canceled);
    }

    [Fact]
    public async Task Any_client_can_cancel_the_job_and_the_jobs_client_gets_the_result_so_far()
    {
        await using var worker = await InProcessCluster.NodeAsync(
            [NodeRoles.Worker],
            _seed.Address,
            ToyEngines.Linear(trainSamples: 64_000)
        );
        var run = await _client.SubmitAsync(Jobs.Create(epochs: 100));
        await InProcessCluster.Until(run.Progress.GetAsyncEnumerator(), progress => progress.SamplesApplied > 0);

        await using (var other = await TrainingClient.ConnectAsync(_seed.Address, Patience))
            await other.CancelAsync();

        var result = await run.Completion.WaitAsync(Patience);
        result.IsCanceled.ShouldBeTrue();
        result.Report.SamplesApplied.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_job_with_an_invalid_option_is_refused_as_invalid() =>
        (
            await Should.ThrowAsync<InvalidJobException>(() => _client.SubmitAsync(Jobs.Create() with { Epochs = 0 }))
        ).Message.ShouldBe("actortrain.job.epochs is 0 (JobOptions.Epochs); it must be 1 or more.");

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_unreachable() =>
        await Should.ThrowAsync<ClusterUnreachableException>(() =>
            TrainingClient.ConnectAsync(new HostPort("127.0.0.1", 1), TimeSpan.FromSeconds(1))
        );

    [Fact]
    public async Task A_refused_submission_raises_no_unobserved_exception()
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
            run.Cancel();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }
    }

    // A separate method, so that the test's locals do not keep it alive.
    private async Task RefuseAsync() =>
        (
            await Should.ThrowAsync<InvalidJobException>(() =>
                _client.SubmitAsync(Jobs.Create() with { After = "'first'" })
            )
        ).Message.ShouldBe("There is no job 'first', which it is to follow.");

    private static JobOptions Named(string name) => Jobs.Create() with { Name = name };
}
