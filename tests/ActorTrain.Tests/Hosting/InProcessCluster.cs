using System.Collections.Concurrent;
using ActorTrain.Engines;
using ActorTrain.Hosting;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Tests.Hosting;

/// <summary>A cluster of real nodes in this process: a seed, and workers that join and leave.</summary>
internal sealed class InProcessCluster : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ActorTrainNode, bool> _workers = [];

    private InProcessCluster(ActorTrainNode seed) => Seed = seed;

    public ActorTrainNode Seed { get; }

    /// <param name="servers">Nodes that hold shards: the seed, and others.</param>
    /// <param name="stateFolder">The seed's state folder; null for the user's.</param>
    public static async Task<InProcessCluster> StartAsync(int servers = 1, string? stateFolder = null)
    {
        var state = stateFolder is null ? "" : $"state.folder = \"{stateFolder.Replace('\\', '/')}\"";
        var cluster = new InProcessCluster(await NodeAsync([NodeRoles.Coordinator, NodeRoles.Server], settings: state));
        for (var i = 1; i < servers; i++)
            cluster._workers[await NodeAsync([NodeRoles.Server], cluster.Seed.Address)] = true;
        return cluster;
    }

    public async Task<ActorTrainNode> AddWorkerAsync(IEngineFactory engines)
    {
        var worker = await NodeAsync([NodeRoles.Worker], Seed.Address, engines);
        _workers[worker] = true;
        return worker;
    }

    public async Task RemoveWorkerAsync(ActorTrainNode worker)
    {
        _workers.TryRemove(worker, out _);
        await worker.StopAsync();
    }

    /// <summary>Runs a job to its end.</summary>
    public async Task<TrainingReport> RunAsync(JobOptions job) =>
        (await (await SubmitAsync(job)).Completion.WaitAsync(Patience)).Report;

    public Task<TrainingRun> SubmitAsync(JobOptions job) => TrainingClient.From(Seed).SubmitAsync(job);

    /// <summary>The first progress of a run for which a condition holds.</summary>
    public static async Task<JobProgress> Until(IAsyncEnumerator<JobProgress> news, Func<JobProgress, bool> condition)
    {
        var patience = DateTimeOffset.UtcNow + Patience;
        JobProgress? last = null;
        while (await news.MoveNextAsync())
        {
            last = news.Current;
            if (condition(last))
                return last;
            if (DateTimeOffset.UtcNow > patience)
                break;
        }
        throw new ShouldAssertException(
            $"The condition did not hold in time; {last?.Phase} {last?.Reason}, {last?.SamplesApplied} samples "
                + $"applied:\n"
                + string.Join('\n', last?.Events.Select(raised => raised.ToString()) ?? [])
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_workers.Keys.Select(worker => worker.DisposeAsync().AsTask()));
        await Seed.DisposeAsync();
    }

    public static Task<ActorTrainNode> NodeAsync(
        IReadOnlyList<string> roles,
        HostPort? join = null,
        IEngineFactory? engines = null,
        string settings = ""
    ) =>
        ActorTrainNode.StartAsync(
            new StandaloneNodeOptions
            {
                Roles = roles,
                Join = join,
                Engines = engines,
                Configuration = ConfigurationFactory.ParseString(
                    $"actortrain {{ coordinator.progress-interval = 100ms, {settings} }}"
                ),
            }
        );
}
