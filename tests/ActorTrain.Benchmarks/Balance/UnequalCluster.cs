using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Balance;

/// <summary>A fast and a slow worker process, alone and together in a cluster.</summary>
internal sealed class UnequalCluster(TrainingJob job, BenchmarkOptions options)
{
    public UnequalResult Result { get; } = new();

    public async Task MeasureAsync()
    {
        var (fast, _) = await MeasureAsync(1);
        Print("the fast one alone", fast);
        var (slow, _) = await MeasureAsync(UnequalResult.Slow);
        Print("the slow one alone", slow);
        var (together, parts) = await MeasureAsync(1, UnequalResult.Slow);
        Print("both", together);
        var apart = await Task.WhenAll(MeasureAsync(1), MeasureAsync(UnequalResult.Slow));
        foreach (var one in apart)
            Print("both, in separate clusters", one.Measured);
        Result.Add(
            new UnequalResult.Round(fast, slow, together, parts) { Apart = apart.Sum(one => one.Measured.Throughput) }
        );
    }

    private void Print(string what, Measured measured) =>
        Interim.Print($"{job.Name}, ActorTrain, {what}", Result.Rounds + 1, measured.Figures);

    private async Task<(Measured Measured, IReadOnlyList<WorkerPart> Parts)> MeasureAsync(params double[] speeds)
    {
        await using var cluster = await Cluster.StartAsync(
            speeds.Select(speed => new[] { "--throttle", speed.ToString(CultureInfo.InvariantCulture) }),
            options.NodeSettings
        );
        var steady = new SteadyRange(() => cluster.ProcessorSeconds);
        var report = await cluster.RunAsync(Sized(speeds.Sum()), steady.Follow);
        return (steady.Measure(report), steady.Parts(cluster.Workers));
    }

    /// <summary>
    /// The job with so many epochs that it takes about as long at any total speed.
    /// </summary>
    private JobOptions Sized(double speeds)
    {
        var whole = job.Options(options.JobSettings);
        var epochs = Math.Max(1, (int)Math.Round(whole.Epochs * speeds));
        return whole with { Epochs = epochs, EvaluateEvery = epochs };
    }
}
