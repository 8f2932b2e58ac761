using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Hosting;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Training;

/// <summary>A server in this process and workers in processes of their own, one thread each: what <c>actortrain local</c> starts.</summary>
internal static class Cluster
{
    private const double WarmUp = 0.4;
    public static async Task<Measured> MeasureAsync(TrainingJob job, int workers, string jobSettings, string nodeSettings)
    {
        var folder = Directory.CreateTempSubdirectory("actortrain-benchmark-");
        try
        {
            var file = Path.Combine(folder.FullName, "node.conf");
            await File.WriteAllTextAsync(file, $"actortrain.worker.threads = 1\n{nodeSettings}");
            var node = ConfigurationFactory.ParseString("akka.loglevel = OFF").WithFallback(ConfigurationFactory.ParseString(nodeSettings));
            await using var seed = await ActorTrainNode.StartAsync(new NodeOptions([NodeRoles.Coordinator, NodeRoles.Server]) { Configuration = node });
            var processes = new List<Child>();
            try
            {
                for (var i = 0; i < workers; i++)
                    processes.Add(Child.OfTheCommand("worker", "--join", $"{seed.Address}", "--config", file, "--device", "cpu", "--threads", "1", "--end-with-input"));
                var ended = Task.WhenAny(processes.Select(process => process.Ignore()));
                var measuring = MeasureAsync(seed, processes, job.Options(jobSettings) with { MinimumWorkers = workers });
                if (await Task.WhenAny(measuring, ended) == ended) throw new InvalidOperationException(await await ended);
                return await measuring;
            }
            finally
            {
                foreach (var process in processes) process.Dispose();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Measured> MeasureAsync(ActorTrainNode seed, List<Child> processes, JobOptions job)
    {
        await using var client = TrainingClient.Of(seed);
        var run = await client.SubmitAsync(job);
        (JobProgress Progress, double Processor)? from = null, to = null;
        await foreach (var progress in run.Progress)
        {
            // The rest is warm-up: until then the processes are still being compiled.
            if (progress.Phase != JobPhase.Training || progress.SamplesApplied < WarmUp * progress.SamplesExpected) continue;
            to = (progress, Environment.CpuUsage.TotalTime.TotalSeconds + processes.Sum(process => process.ProcessorSeconds));
            from ??= to;
        }
        var result = await run.Completion;
        var report = result.Report;
        if (report.SamplesApplied != report.SamplesExpected) throw new InvalidOperationException($"{report.SamplesApplied} of {report.SamplesExpected} samples were applied");
        if (!(report.Epochs[^1].TrainLoss < report.Epochs[0].TrainLoss)) throw new InvalidOperationException("the job does not learn");
        var (first, last) = (from!.Value, to!.Value);
        return new Measured(
            last.Progress.SamplesApplied - first.Progress.SamplesApplied, last.Progress.Seconds - first.Progress.Seconds,
            last.Processor - first.Processor, report.Staleness.Mean);
    }
}
