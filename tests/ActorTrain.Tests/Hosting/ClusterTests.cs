using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Hosting;

/// <summary>Whole clusters of real nodes in this process, with an engine that needs no Torch.</summary>
public sealed class ClusterTests
{
    // Enough for a job that is canceled before its end on any machine.
    private const int EndlessSamples = 64_000;
    private static readonly ToyEngines Endless = ToyEngines.Linear(EndlessSamples);

    [Fact]
    public async Task One_node_with_all_roles_trains_a_job_to_its_end()
    {
        await using var node = await Node(NodeRoles.All, engines: ToyEngines.Linear(withState: true));
        var run = await TrainingClient.From(node).SubmitAsync(Jobs.Create(epochs: 3));

        var result = await run.Completion.WaitAsync(Patience);

        result.IsCanceled.ShouldBeFalse();
        result.Report.SamplesApplied.ShouldBe(3 * 640);
        result.Report.SamplesExpected.ShouldBe(3 * 640);
        result.Report.Workers.Sum(worker => worker.Samples).ShouldBe(3 * 640);
        result.Report.Epochs.Count.ShouldBe(3);
        result.Report.Epochs.ShouldAllBe(epoch => epoch.Samples == 640 && epoch.TestAccuracy != null);
        result.Report.Epochs[^1].TestLoss!.Value.ShouldBeLessThan(result.Report.Epochs[0].TestLoss!.Value);
        result.Report.TestAccuracy.ShouldBe(result.Report.Epochs[^1].TestAccuracy);
        result.Model.Parameters.Length.ShouldBe(LinearEngine.Inputs + 1);
        result.Model.Buffers.Span[0].ShouldBeGreaterThan(0);
        // The measured speed may be any number.
        result
            .Report.Events.Single(raised => raised.Kind == SupervisionEventKinds.WorkerJoined)
            .Reason.ShouldMatch("is ready, at [1-9][0-9,]* samples/s by its own measurement");
    }

    [Fact]
    public async Task The_next_job_can_be_submitted_as_soon_as_a_client_has_the_result()
    {
        await using var node = await Node(NodeRoles.All, engines: ToyEngines.Linear());
        for (var job = 0; job < 10; job++)
        {
            var run = await TrainingClient.From(node).SubmitAsync(Jobs.Create(epochs: 1));
            await run.Completion.WaitAsync(Patience);
        }
    }

    [Theory, InlineData("on"), InlineData("off")]
    public async Task A_seed_and_three_workers_share_the_samples(string withinProcess)
    {
        await using var seed = await Node([NodeRoles.Coordinator, NodeRoles.Server], withinProcess: withinProcess);
        await using var first = await Node([NodeRoles.Worker], seed, ToyEngines.Linear(withState: true), withinProcess);
        await using var second = await Node(
            [NodeRoles.Worker],
            seed,
            ToyEngines.Linear(withState: true),
            withinProcess
        );
        await using var third = await Node([NodeRoles.Worker], seed, ToyEngines.Linear(withState: true), withinProcess);
        await using var client = await TrainingClient.ConnectAsync(seed.Address, Patience);
        var run = await client.SubmitAsync(Jobs.Create(epochs: 20, batch: 8, shards: 3, minimumWorkers: 3));

        var result = await run.Completion.WaitAsync(Patience);

        var report = result.Report;
        report.SamplesApplied.ShouldBe(20 * 640);
        report.Workers.Count.ShouldBe(3);
        report.Workers.ShouldAllBe(worker => worker.Samples > 0);
        report.Workers.Sum(worker => worker.Samples).ShouldBe(20 * 640);
        report.Shards.Count.ShouldBe(3);
        report.Shards.ShouldAllBe(shard => shard.Version == 20 * 640 / 8);
        report.Staleness.Histogram.Sum().ShouldBe(3 * 20 * 640 / 8);
        report.TestAccuracy!.Value.ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public async Task A_worker_that_joins_during_training_gets_leases_and_one_that_leaves_returns_them()
    {
        await using var seed = await Node([NodeRoles.Coordinator, NodeRoles.Server]);
        await using var first = await Node([NodeRoles.Worker], seed, Endless);
        var run = await TrainingClient.From(seed).SubmitAsync(Jobs.Create(epochs: 1000, batch: 8));
        await using var news = run.Progress.GetAsyncEnumerator();
        await Until(news, progress => progress.SamplesApplied > 0);

        await using var second = await Node([NodeRoles.Worker], seed, Endless);
        await Until(news, progress => progress.Workers.Count(worker => worker.Samples > 0) == 2);
        await first.StopAsync();
        var left = await Until(news, progress => progress.Events.Any(raised => raised.Kind == "worker-left"));
        await Until(news, progress => progress.SamplesApplied > left.SamplesApplied);
        run.Cancel();
        var result = await run.Completion.WaitAsync(Patience);

        result.IsCanceled.ShouldBeTrue();
        result.Report.Events.ShouldContain(raised =>
            raised.Kind == "worker-left" && raised.Node == first.Address.ToString()
        );
        result.Report.SamplesApplied.ShouldBe(result.Report.Workers.Sum(worker => worker.Samples));
        result.Report.DuplicatesRefused.ShouldBe(0);
    }

    [Fact]
    public async Task A_worker_with_other_data_is_refused_by_name_and_training_goes_on()
    {
        await using var seed = await Node([NodeRoles.Coordinator, NodeRoles.Server]);
        await using var first = await Node([NodeRoles.Worker], seed, Endless);
        var run = await TrainingClient.From(seed).SubmitAsync(Jobs.Create(epochs: 1000, batch: 8));
        await using var news = run.Progress.GetAsyncEnumerator();
        await Until(news, progress => progress.SamplesApplied > 0);

        await using var other = await Node(
            [NodeRoles.Worker],
            seed,
            new ToyEngines(() => new LinearEngine(EndlessSamples, fingerprint: "beef"))
        );
        var refusedProgress = await Until(
            news,
            progress => progress.Events.Any(raised => raised.Kind == "worker-refused")
        );
        run.Cancel();
        await run.Completion.WaitAsync(Patience);

        var refused = refusedProgress.Events.Single(raised => raised.Kind == "worker-refused");
        refused.Node.ShouldBe(other.Address.ToString());
        refused.Reason.ShouldBe(
            $"fingerprint of made-up is beef at {other.Address} and f00d at {first.Address}; give both the same data"
        );
    }

    [Fact]
    public async Task When_no_engine_can_be_created_the_job_fails_with_the_reason()
    {
        await using var seed = await Node([NodeRoles.Coordinator, NodeRoles.Server]);
        await using var worker = await Node(
            [NodeRoles.Worker],
            seed,
            new ToyEngines(() => throw new ActorTrainException("the data folder is empty"))
        );
        var run = await TrainingClient.From(seed).SubmitAsync(Jobs.Create());

        var failure = await Should.ThrowAsync<ActorTrainException>(run.Completion.WaitAsync(Patience));

        failure.Message.ShouldBe(
            $"The job failed: no worker can take part; {worker.Address}: the data folder is empty."
        );
    }

    [Fact]
    public async Task A_second_job_waits_while_one_runs_and_trains_after_its_end()
    {
        await using var node = await Node(NodeRoles.All, engines: Endless);
        var client = TrainingClient.From(node);
        var first = await client.SubmitAsync(Jobs.Create(epochs: 1000));
        var second = await client.SubmitAsync(Jobs.Create(epochs: 1));
        await using var waiting = second.Progress.GetAsyncEnumerator();
        await Until(waiting, progress => progress.Phase == JobPhase.Queued);

        await using var news = first.Progress.GetAsyncEnumerator();
        await Until(news, progress => progress.SamplesApplied > 0);
        first.Cancel();
        await first.Completion.WaitAsync(Patience);
        (await second.Completion.WaitAsync(Patience)).Report.SamplesApplied.ShouldBe(EndlessSamples);
        (await client.GetJobsAsync())
            .Take(2)
            .Select(job => job.Phase)
            .ShouldBe([JobPhase.Completed, JobPhase.Canceled]);
    }

    [Fact]
    public async Task The_staleness_policy_can_be_changed_while_a_job_runs()
    {
        await using var node = await Node(NodeRoles.All, engines: Endless);
        await using var client = await TrainingClient.ConnectAsync(node.Address, Patience);
        (await Should.ThrowAsync<ActorTrainException>(client.GetStalenessAsync())).Message.ShouldBe(
            "No job runs on this cluster."
        );
        var run = await client.SubmitAsync(Jobs.Create(epochs: 1000));
        await using var news = run.Progress.GetAsyncEnumerator();
        await Until(news, progress => progress.SamplesApplied > 0);

        var changed = Jobs.Accept with { Policy = StalenessPolicy.Inverse, Bound = 8 };
        await client.SetStalenessPolicyAsync(changed);

        (await client.GetStalenessAsync()).ShouldBe(changed);
        changed = await client.SetStalenessPolicyAsync([
            new SettingOverride("actortrain.job.staleness.bound", "9", "test"),
            new SettingOverride("actortrain.job.staleness.policy", "dc-asgd", "test"),
        ]);
        (await client.GetStalenessAsync()).ShouldBe(changed);
        (
            await Should.ThrowAsync<ActorTrainException>(
                client.SetStalenessPolicyAsync([
                    new SettingOverride("actortrain.job.staleness.policy", "dana-slim", "test"),
                ])
            )
        ).Message.ShouldStartWith(
            "actortrain.job.staleness.policy is dana-slim (test); it must be another while the optimizer's momentum "
                + "is 0"
        );
        run.Cancel();
        var report = (await run.Completion.WaitAsync(Patience)).Report;
        report.Events.ShouldContain(raised =>
            raised.Kind == SupervisionEventKinds.StalenessChanged
            && raised.Action.Contains("policy = inverse, bound = 8")
        );
        report.Events.ShouldContain(raised =>
            raised.Action.EndsWith(
                "policy = dc-asgd, bound = 9, max-lease-lead = 0, demote-after = 0, rest = 0s, dc-asgd.lambda = 0.04"
            )
        );
        var events = new List<SupervisionEvent>();
        await foreach (var raised in run.Events)
            events.Add(raised);
        events.ShouldBe(report.Events);
    }

    [Fact]
    public async Task The_status_names_the_nodes_and_the_job()
    {
        await using var node = await Node(NodeRoles.All, engines: ToyEngines.Linear());
        await using var client = await TrainingClient.ConnectAsync(node.Address, Patience);
        var run = await client.SubmitAsync(Jobs.Create(epochs: 1));
        await run.Completion.WaitAsync(Patience);

        var status = await client.GetStatusAsync();

        var summary = status.Nodes.ShouldHaveSingleItem();
        (summary.Node, summary.Roles.Count).ShouldBe((node.Address.ToString(), NodeRoles.All.Count));
        status.Job!.SamplesApplied.ShouldBe(640);
        status.Job.Phase.ShouldBe(JobPhase.Completed);
    }

    /// <summary>The cluster is free for the next job a moment after the client has the result.</summary>
    private static async Task<TrainingRun> Retry(Func<Task<TrainingRun>> submit)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await submit();
            }
            catch (ActorTrainException) when (attempt < 100)
            {
                await Task.Yield();
            }
        }
    }

    private static Task<JobProgress> Until(IAsyncEnumerator<JobProgress> news, Func<JobProgress, bool> condition) =>
        InProcessCluster.Until(news, condition);

    private static Task<ActorTrainNode> Node(
        IReadOnlyList<string> roles,
        ActorTrainNode? join = null,
        IEngineFactory? engines = null,
        string withinProcess = "on"
    ) => InProcessCluster.NodeAsync(roles, join?.Address, engines, $"lane.within-process = {withinProcess}");
}
