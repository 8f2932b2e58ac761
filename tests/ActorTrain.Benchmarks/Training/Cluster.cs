using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Hosting;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Training;

/// <summary>A server in this process and workers in processes of their own, one thread each: what <c>actortrain local</c> starts.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly ActorTrainNode _seed;
    private readonly DirectoryInfo _folder;
    private readonly List<Child> _workers = [];
    private readonly Task<Task<string>> _ended;

    private Cluster(ActorTrainNode seed, int workers, string nodeSettings)
    {
        (_seed, _folder) = (seed, Directory.CreateTempSubdirectory("actortrain-benchmark-"));
        var file = Path.Combine(_folder.FullName, "node.conf");
        File.WriteAllText(file, $"actortrain.worker.threads = 1\n{nodeSettings}");
        for (var i = 0; i < workers; i++)
            _workers.Add(Child.OfTheCommand("worker", "--join", $"{seed.Address}", "--config", file, "--device", "cpu", "--end-with-input"));
        _ended = Task.WhenAny(_workers.Select(worker => worker.Ignore()));
    }

    /// <summary>The processes: this one and the workers'.</summary>
    public IEnumerable<int> Processes => _workers.Select(worker => worker.Id).Prepend(Environment.ProcessId);

    /// <summary>Seconds of processor time of all processes so far.</summary>
    public double ProcessorSeconds => Environment.CpuUsage.TotalTime.TotalSeconds + _workers.Sum(worker => worker.ProcessorSeconds);

    public static async Task<Cluster> StartAsync(int workers, string nodeSettings)
    {
        var config = ConfigurationFactory.ParseString("akka.loglevel = OFF").WithFallback(ConfigurationFactory.ParseString(nodeSettings));
        var seed = await ActorTrainNode.StartAsync(new NodeOptions([NodeRoles.Coordinator, NodeRoles.Server]) { Configuration = config });
        return new Cluster(seed, workers, nodeSettings);
    }

    /// <summary>Runs a job on all workers, and checks that each sample was applied once and that the network has learnt.</summary>
    /// <param name="job">The job.</param>
    /// <param name="follow">Told of its progress about once a second.</param>
    public async Task<TrainingReport> RunAsync(JobOptions job, Action<JobProgress> follow)
    {
        var running = RunToTheEndAsync(job with { MinimumWorkers = _workers.Count }, follow);
        if (await Task.WhenAny(running, _ended) == _ended) throw new InvalidOperationException(await await _ended);
        var report = await running;
        if (report.SamplesApplied != report.SamplesExpected) throw new InvalidOperationException($"{report.SamplesApplied} of {report.SamplesExpected} samples were applied");
        if (!(report.Epochs[^1].TrainLoss < FirstLoss)) throw new InvalidOperationException($"the job does not learn: its loss is {report.Epochs[^1].TrainLoss}");
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) worker.Dispose();
        await _seed.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    // Of ten classes, guessed at.
    private static double FirstLoss => Math.Log(10);

    private async Task<TrainingReport> RunToTheEndAsync(JobOptions job, Action<JobProgress> follow)
    {
        await using var client = TrainingClient.Of(_seed);
        var run = await client.SubmitAsync(job);
        await foreach (var progress in run.Progress) follow(progress);
        return (await run.Completion).Report;
    }
}
