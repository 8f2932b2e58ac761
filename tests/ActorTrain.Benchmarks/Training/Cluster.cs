using ActorTrain.Hosting;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Training;

/// <summary>
/// A server in this process and workers in other processes, one thread each, like <c>actortrain local</c>.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly ActorTrainNode _seed;
    private readonly NodeFile _file;
    private readonly List<NodeChild> _workers;
    private readonly Task<Task<string>> _ended;

    private Cluster(ActorTrainNode seed, IEnumerable<string[]> workers, string nodeSettings)
    {
        (_seed, _file) = (seed, new NodeFile(nodeSettings));
        _workers = [.. workers.Select(arguments => NodeChild.StartWorker(seed.Address, _file, arguments))];
        _ended = Task.WhenAny(_workers.Select(worker => worker.Ended));
    }

    /// <summary>The workers' nodes, in the order of their start.</summary>
    public IReadOnlyList<string> Workers => [.. _workers.Select(worker => worker.Node)];

    /// <summary>The processes: this one and the workers'.</summary>
    public IEnumerable<int> Processes => _workers.Select(worker => worker.Process.Id).Prepend(Environment.ProcessId);

    /// <summary>Seconds of processor time of all processes so far.</summary>
    public double ProcessorSeconds =>
        Environment.CpuUsage.TotalTime.TotalSeconds + _workers.Sum(worker => worker.Process.ProcessorSeconds);

    public static Task<Cluster> StartAsync(int workers, string nodeSettings) =>
        StartAsync(Enumerable.Repeat(Array.Empty<string>(), workers), nodeSettings);

    /// <summary>Starts a cluster of unequal workers.</summary>
    /// <param name="workers">For each worker, its own options of the verb <c>worker</c>.</param>
    /// <param name="nodeSettings">HOCON that overrides the defaults of every node.</param>
    public static async Task<Cluster> StartAsync(IEnumerable<string[]> workers, string nodeSettings)
    {
        var config = ConfigurationFactory
            .ParseString("akka.loglevel = OFF")
            .WithFallback(ConfigurationFactory.ParseString(nodeSettings));
        var seed = await ActorTrainNode.StartAsync(
            new StandaloneNodeOptions { Roles = [NodeRoles.Coordinator, NodeRoles.Server], Configuration = config }
        );
        return new Cluster(seed, workers, nodeSettings);
    }

    /// <summary>
    /// Runs a job on all workers, and checks that each sample was applied once and that the network has learnt.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="follow">Receives its progress about once a second.</param>
    public async Task<TrainingReport> RunAsync(JobOptions job, Action<JobProgress> follow) =>
        (await RunAsync(job, (_, progress) => follow(progress))).EnsureLearned();

    /// <summary>Runs a job on all workers until it ends or is canceled.</summary>
    /// <param name="job">The job.</param>
    /// <param name="follow">Receives its progress about once a second; may cancel it.</param>
    public async Task<TrainingReport> RunAsync(JobOptions job, Action<TrainingRun, JobProgress> follow)
    {
        var running = RunToTheEndAsync(job with { MinimumWorkers = _workers.Count }, follow);
        if (await Task.WhenAny(running, _ended) == _ended)
            throw new InvalidOperationException(await await _ended);
        return await running;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            worker.Dispose();
        await _seed.DisposeAsync();
        _file.Dispose();
    }

    private async Task<TrainingReport> RunToTheEndAsync(JobOptions job, Action<TrainingRun, JobProgress> follow)
    {
        await using var client = TrainingClient.From(_seed);
        var run = await client.SubmitAsync(job);
        await foreach (var progress in run.Progress)
            follow(run, progress);
        return (await run.Completion).Report;
    }
}
