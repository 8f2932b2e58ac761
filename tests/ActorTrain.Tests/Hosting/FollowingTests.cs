using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Hosting;

/// <summary>A job lives in its cluster: clients come and go, and its result is kept.</summary>
public sealed class FollowingTests : IAsyncLifetime
{
    private const int Samples = 640;
    private readonly HeldEngines _engines = new(ToyEngines.Linear(Samples), Samples / 2);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actortrain-test-");
    private ActorTrainNode _seed = null!;
    private ActorTrainNode _worker = null!;

    public async Task InitializeAsync()
    {
        _seed = await NodeAsync("seed", [NodeRoles.Coordinator, NodeRoles.Server]);
        _worker = await NodeAsync("worker", [NodeRoles.Worker, NodeRoles.Standby], _seed.Address);
    }

    public async Task DisposeAsync()
    {
        _engines.Release();
        await _worker.DisposeAsync();
        await _seed.DisposeAsync();
        _engines.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_job_goes_on_without_its_client_and_its_result_is_kept_by_two_nodes()
    {
        var id = await SubmitAndGo();
        _engines.Release();

        await using var client = await ClientAsync();
        var ended = await EndOf(client, id);

        ended.Phase.ShouldBe(JobPhase.Completed);
        ended.Submitter.ShouldBe($"{Environment.UserName}@{Environment.MachineName}");
        ended.KeptBy.ShouldBe([_seed.Address.ToString(), _worker.Address.ToString()], ignoreOrder: true);
        var run = await client.AttachAsync(id);
        run.Job.BatchSize.ShouldBe(Jobs.Create().BatchSize);
        var result = await run.Completion.WaitAsync(Patience);
        result.Report.SamplesApplied.ShouldBe(Samples);
        result.Model.Parameters.ToArray().ShouldContain(value => value != 0);
    }

    [Fact]
    public async Task Another_client_follows_the_job_to_its_end_with_all_of_its_events()
    {
        var id = await SubmitAndGo();
        await using var client = await ClientAsync();
        var run = await client.AttachAsync(id);
        await InProcessCluster.Until(
            run.Progress.GetAsyncEnumerator(),
            progress => progress.Events.Any(raised => raised.Kind == SupervisionEventKinds.WorkerJoined)
        );
        _engines.Release();
        (await run.Completion.WaitAsync(Patience)).Report.SamplesApplied.ShouldBe(Samples);
    }

    [Fact]
    public async Task All_clients_that_follow_a_job_get_its_result()
    {
        await using var first = await ClientAsync();
        await using var second = TrainingClient.From(_worker);
        var submitted = await first.SubmitAsync(Job);
        var attached = await second.AttachAsync(submitted.JobId);
        _engines.Release();
        var results = await Task.WhenAll(submitted.Completion, attached.Completion).WaitAsync(Patience);
        results[0].Model.Parameters.ToArray().ShouldBe(results[1].Model.Parameters.ToArray());
    }

    [Fact]
    public async Task A_detached_run_ends_and_its_job_does_not()
    {
        await using var client = await ClientAsync();
        var run = await client.SubmitAsync(Job);
        await _engines.Reached.WaitAsync(Patience);
        run.Detach();
        (await Should.ThrowAsync<JobFailedException>(() => run.Completion.WaitAsync(Patience))).Message.ShouldBe(
            "This client follows the job no more; it goes on."
        );
        _engines.Release();
        (await EndOf(client, run.JobId)).SamplesApplied.ShouldBe(Samples);
    }

    [Fact]
    public async Task A_job_is_canceled_by_its_id_and_its_result_so_far_is_kept()
    {
        var id = await SubmitAndGo();
        await using var client = await ClientAsync();
        await client.CancelAsync(id);
        _engines.Release();
        (await EndOf(client, id)).Phase.ShouldBe(JobPhase.Canceled);
        (await (await client.AttachAsync(id)).Completion.WaitAsync(Patience)).IsCanceled.ShouldBeTrue();
        (await Should.ThrowAsync<ActorTrainException>(() => client.CancelAsync(id))).Message.ShouldBe(
            $"Job {id} has ended."
        );
    }

    [Fact]
    public async Task A_failed_job_says_why_to_a_client_that_asks_later()
    {
        await using var client = await ClientAsync();
        var run = await client.SubmitAsync(Job with { MinimumWorkers = 2 });
        run.Cancel();
        await Should.ThrowAsync<JobCanceledException>(() => run.Completion.WaitAsync(Patience));
        (await Should.ThrowAsync<JobCanceledException>(() => client.AttachAsync(run.JobId))).Message.ShouldBe(
            "The job was canceled before training began."
        );
    }

    [Fact]
    public async Task An_id_that_does_not_exist_is_refused()
    {
        await using var client = await ClientAsync();
        const string sentence = "There is no job 1-1; 'jobs' lists those that there are.";
        (await Should.ThrowAsync<InvalidJobException>(() => client.AttachAsync("1-1"))).Message.ShouldBe(sentence);
        (await Should.ThrowAsync<ActorTrainException>(() => client.CancelAsync("1-1"))).Message.ShouldBe(sentence);
        (await client.GetJobsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_seed_that_is_started_again_knows_the_results_that_are_kept()
    {
        await using var client = await ClientAsync();
        _engines.Release();
        var run = await client.SubmitAsync(Job);
        var result = await run.Completion.WaitAsync(Patience);
        await _worker.StopAsync();
        await _seed.StopAsync();

        await using var again = await NodeAsync("seed", [NodeRoles.Coordinator, NodeRoles.Server]);
        await using var other = await TrainingClient.ConnectAsync(again.Address, Patience);
        (await EndOf(other, run.JobId)).Phase.ShouldBe(JobPhase.Completed);
        var kept = await (await other.AttachAsync(run.JobId)).Completion.WaitAsync(Patience);
        kept.Model.Parameters.ToArray().ShouldBe(result.Model.Parameters.ToArray());
    }

    private static JobOptions Job => Jobs.Create(epochs: 1, batch: 16);

    private Task<ActorTrainNode> NodeAsync(string name, string[] roles, HostPort? join = null) =>
        InProcessCluster.NodeAsync(
            roles,
            join,
            roles.Contains(NodeRoles.Worker) ? _engines : null,
            $"state.folder = \"{Path.Combine(_folder.FullName, name).Replace('\\', '/')}\""
        );

    private Task<TrainingClient> ClientAsync() => TrainingClient.ConnectAsync(_seed.Address, Patience);

    /// <summary>Submits a job whose client is gone in the middle of it.</summary>
    private async Task<string> SubmitAndGo()
    {
        await using var client = await ClientAsync();
        var run = await client.SubmitAsync(Job);
        await _engines.Reached.WaitAsync(Patience);
        return run.JobId;
    }

    private static async Task<JobSummary> EndOf(TrainingClient client, string id)
    {
        var patience = DateTimeOffset.UtcNow + Patience;
        while (DateTimeOffset.UtcNow < patience)
        {
            if ((await client.GetJobsAsync()).FirstOrDefault(job => job.JobId == id) is { Ended: not null } ended)
                return ended;
            await Task.Yield();
        }
        throw new ShouldAssertException($"job {id} did not end");
    }
}
