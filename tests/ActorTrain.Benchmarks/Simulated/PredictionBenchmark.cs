using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;
using ActorTrain.TestKit;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>
/// What the simulator says of clusters of two, three and four worker processes, beside what they do. It is told how long each worker alone takes for a micro-batch of 32 and of 64 samples, and how large
/// the model is; all else follows.
/// </summary>
internal static class PredictionBenchmark
{
    private const int Small = 32, Parameters = 93_234, TrainSamples = 12_000;

    // In all at most what two cores carry beside a server.
    private static readonly double[][] Clusters = [[0.4, 0.2], [0.4, 0.2, 0.2], [0.3, 0.3, 0.15, 0.15]];

    // Within a machine: shared memory for tensors, loopback for control messages.
    private static readonly TimeSpan Latency = TimeSpan.FromMicroseconds(100);
    private const double BytesPerSecond = 4e9;

    private static readonly TrainingJob Job = TrainingJob.Named("cnn 64");

    public static async Task RunAsync(BenchmarkOptions options)
    {
        await Console.Error.WriteLineAsync($"measuring workers alone and together, {options.Rounds} rounds of about 5 minutes");
        var table = new Table("workers", "speeds", "what", "measured", "predicted", "off");
        var measured = Clusters.Select(_ => new List<Look>()).ToArray();
        var alone = Clusters.SelectMany(speeds => speeds).Distinct().ToDictionary(speed => speed, _ => (Small: new List<double>(), Whole: new List<double>()));
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (speed, (small, whole)) in alone)
            {
                small.Add((await MeasureAsync(options, Small, speed)).StepSeconds);
                whole.Add((await MeasureAsync(options, Job.Batch, speed)).StepSeconds);
            }
            for (var i = 0; i < Clusters.Length; i++) measured[i].Add(await MeasureAsync(options, Job.Batch, Clusters[i]));
        }
        var speeds = alone.ToDictionary(one => one.Key, one => Fitted(one.Key, one.Value.Small.Median(), one.Value.Whole.Median(), options));
        for (var i = 0; i < Clusters.Length; i++) Compare(table, Clusters[i], measured[i], Simulate(options, Job.Batch, [.. Clusters[i].Select(speed => speeds[speed])]));
        table.Print(string.Create(CultureInfo.InvariantCulture, $"{Job.Name} on worker processes of one thread each, on {Environment.ProcessorCount} cores, and in the simulator; median of {options.Rounds}"));
        Console.WriteLine("\nstep: time from one update to the next. histogram: the part of the pushes that have another staleness (total variation).");
    }

    /// <summary>The speed with which a simulated worker alone takes as long as the real one.</summary>
    private static Speed Fitted(double throttle, double small, double whole, BenchmarkOptions options)
    {
        var (toSmall, toWhole) = (small, whole);
        var speed = Of(toSmall, toWhole);
        // What is simulated beside the gradient is subtracted from it.
        for (var i = 0; i < 3; i++)
        {
            toSmall += small - Simulate(options, Small, [speed]).StepSeconds;
            toWhole += whole - Simulate(options, Job.Batch, [speed]).StepSeconds;
            speed = Of(toSmall, toWhole);
        }
        Console.WriteLine(FormattableString.Invariant($"a worker at {throttle} of its speed: {1e3 * small:0.00} ms for {Small} samples, {1e3 * whole:0.00} ms for {Job.Batch}"));
        return speed;

        static Speed Of(double small, double whole)
        {
            var sample = Math.Max(1e-9, (whole - small) / (Job.Batch - Small));
            return Speed.Constant(1 / sample) with { PerStep = TimeSpan.FromSeconds(Math.Max(0, whole - sample * Job.Batch)) };
        }
    }

    private static void Compare(Table table, double[] speeds, List<Look> measured, Look predicted)
    {
        var name = string.Join(" : ", speeds.Select(speed => speed.ToString(CultureInfo.InvariantCulture)));
        var step = measured.Select(look => look.StepSeconds).Median();
        Row("step, ms", 1e3 * step, 1e3 * predicted.StepSeconds, "0.000");
        for (var i = 0; i < speeds.Length; i++)
        {
            var worker = i;
            Row(FormattableString.Invariant($"share of worker {i + 1}"), measured.Select(look => look.Shares[worker]).Median(), predicted.Shares[i], "0.000");
        }
        Row("staleness mean", measured.Select(look => look.Staleness).Median(), predicted.Staleness, "0.00");
        table.Add($"{speeds.Length}", name, "histogram", "", "", Percent(measured.Select(look => look.DistanceTo(predicted)).Median()));

        void Row(string what, double real, double simulated, string format) => table.Add(
            $"{speeds.Length}", name, what, real.ToString(format, CultureInfo.InvariantCulture), simulated.ToString(format, CultureInfo.InvariantCulture), Percent(simulated / real - 1));

        static string Percent(double part) => part.ToString("0.0 %", CultureInfo.InvariantCulture);
    }

    private static async Task<Look> MeasureAsync(BenchmarkOptions options, int batch, params double[] throttles)
    {
        await using var cluster = await Cluster.StartAsync(throttles.Select(speed => new[] { "--throttle", speed.ToString(CultureInfo.InvariantCulture) }), options.NodeSettings);
        var looks = new List<JobProgress>();
        await cluster.RunAsync(Sized(options, batch, throttles.Sum()), looks.Add);
        return Look.Of(looks, cluster.Workers);
    }

    private static Look Simulate(BenchmarkOptions options, int batch, IReadOnlyList<Speed> speeds)
    {
        var simulation = new Simulation(Seed: 1) { Engines = AnalyticEngines.Small(Parameters, TrainSamples) }.WithSeed().WithLinks(Latency, BytesPerSecond);
        simulation = speeds.Aggregate(simulation, (cluster, speed) => cluster.WithWorkers(1, speed));
        using var run = simulation.Start(Sized(options, batch, speeds.Count * 0.3) with { MinimumWorkers = speeds.Count });
        var looks = new List<JobProgress>();
        while (!run.HasEnded)
        {
            run.Advance(TimeSpan.FromSeconds(1));
            if (run.Progress is { } progress && !looks.Contains(progress)) looks.Add(progress);
        }
        run.ToEnd().ShouldBeSound();
        return Look.Of(looks, [.. Enumerable.Range(1, speeds.Count).Select(i => $"worker-{i}")]);
    }

    /// <summary>So many epochs that it takes some ten seconds.</summary>
    private static JobOptions Sized(BenchmarkOptions options, int batch, double speeds)
    {
        var whole = Job.Options(options.JobSettings);
        var epochs = Math.Max(3, (int)Math.Round(whole.Epochs * speeds));
        return whole with { Batch = batch, Epochs = epochs, EvaluateEvery = epochs };
    }
}
