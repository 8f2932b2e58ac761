using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;
using ActorTrain.TestKit;
using ActorTrain.TestKit.Nodes;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>
/// The simulator's predictions for clusters of two, three and four worker processes, compared with measurements. The
/// first prediction uses each worker alone: its time for a micro-batch of 32 and of 64 samples, and the deviation of
/// each of those of 64 from their mean. The second uses the steps of each worker in another run of the same cluster.
/// Since micro-batches follow the speeds, all workers push about equally often, and with steps of constant length
/// nearly every push would have a staleness of N − 1. The variation of the steps decides the order of pushes; a worker
/// alone varies less, since it does not share the cores. Steps are replayed in their order, since slow steps come in
/// groups.
/// </summary>
internal static class PredictionBenchmark
{
    private const int Small = 32,
        Parameters = 93_234,
        TrainSamples = 12_000;

    // At most what two cores can run in addition to a server.
    private static readonly double[][] Clusters =
    [
        [0.4, 0.2],
        [0.4, 0.2, 0.2],
        [0.3, 0.3, 0.15, 0.15],
    ];

    // Within a machine: shared memory for tensors, loopback for control messages.
    private static readonly TimeSpan Latency = TimeSpan.FromMicroseconds(100);
    private const double BytesPerSecond = 4e9;

    private static readonly TrainingJob Job = TrainingJob.Find("cnn 64");

    public static async Task RunAsync(BenchmarkOptions options)
    {
        await Console.Error.WriteLineAsync(
            $"measuring workers alone and together, {options.Rounds} rounds of about 6 minutes"
        );
        var table = new Table(
            "workers",
            "speeds",
            "what",
            "measured",
            "from each alone",
            "off",
            "from steps together",
            "off"
        )
        {
            Keys = 3,
        };
        var measured = Clusters.Select(_ => new List<SteadyPart>()).ToArray();
        var together = Clusters.Select(_ => new List<Recording>()).ToArray();
        var alone = Clusters
            .SelectMany(speeds => speeds)
            .Distinct()
            .ToDictionary(speed => speed, _ => (Small: new List<Recording>(), Whole: new List<Recording>()));
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (speed, (small, whole)) in alone)
            {
                small.Add(await MeasureAsync(options, Small, speed));
                Print($"alone, {Small} samples", [speed], small[^1].Part);
                whole.Add(await MeasureAsync(options, Job.Batch, speed));
                Print($"alone, {Job.Batch} samples", [speed], whole[^1].Part);
            }
            for (var i = 0; i < Clusters.Length; i++)
            {
                together[i].Add(await MeasureAsync(options, Job.Batch, Clusters[i]));
                Print("together, for its steps", Clusters[i], together[i][^1].Part);
                measured[i].Add((await MeasureAsync(options, Job.Batch, Clusters[i])).Part);
                Print("together", Clusters[i], measured[i][^1]);
            }

            void Print(string what, double[] throttles, SteadyPart part) =>
                Interim.Print(
                    $"{NameOf(throttles)} {what}",
                    round + 1,
                    ("step, ms", (1e3 * part.StepSeconds).ToString("0.000", CultureInfo.InvariantCulture)),
                    ("staleness mean", part.Staleness.ToString("0.00", CultureInfo.InvariantCulture))
                );
        }
        var speeds = alone.ToDictionary(
            one => one.Key,
            one => Fitted(one.Key, one.Value.Small, one.Value.Whole, options)
        );
        // Simulated time of a step in addition to the gradient.
        var overhead = Simulate(options, Job.Batch, [Speed.Constant(Job.Batch / 0.01)]).StepSeconds - 0.01;
        for (var i = 0; i < Clusters.Length; i++)
        {
            var recordings = together[i];
            Compare(
                table,
                Clusters[i],
                measured[i],
                Simulate(options, Job.Batch, [.. Clusters[i].Select(speed => speeds[speed])]),
                Simulate(
                    options,
                    Job.Batch,
                    [
                        .. Clusters[i]
                            .Select(
                                (_, worker) =>
                                    Speed.Replayed([
                                        .. recordings.SelectMany(recording => recording.RatesOf(worker, overhead)),
                                    ])
                            ),
                    ]
                )
            );
        }
        table.Print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Job.Name} on worker processes of one thread each, on {Environment.ProcessorCount} cores, and in "
                    + $"the simulator; median of {options.Rounds}"
            )
        );
        Console.WriteLine(
            "\nstep: time from one update to the next. histogram: the part of the pushes with another staleness (total "
                + "variation)."
        );
    }

    /// <summary>The speed at which the step times of a simulated worker alone match the real one's.</summary>
    private static Speed Fitted(
        double throttle,
        List<Recording> ofSmall,
        List<Recording> ofWhole,
        BenchmarkOptions options
    )
    {
        var (small, whole) = (Step(ofSmall), Step(ofWhole));
        var (toSmall, toWhole) = (small, whole);
        // The simulated time in addition to the gradient must not count twice.
        for (var i = 0; i < 3; i++)
        {
            var even = FromTimes(toSmall, toWhole, [0]);
            toSmall += small - Simulate(options, Small, [even]).StepSeconds;
            toWhole += whole - Simulate(options, Job.Batch, [even]).StepSeconds;
        }
        var deviations = ofWhole.SelectMany(recording => recording.Deviations).ToList();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"a worker at {throttle} of its speed: {1e3 * small:0.00} ms for {Small} samples, {1e3 * whole:0.00} "
                    + $"ms for {Job.Batch}, with a standard deviation of "
                    + $"{1e3 * Math.Sqrt(deviations.Average(seconds => seconds * seconds)):0.00} ms"
            )
        );
        return FromTimes(toSmall, toWhole, deviations);

        static double Step(IEnumerable<Recording> recordings) =>
            recordings.Select(recording => recording.Part.StepSeconds).Median();

        static Speed FromTimes(double small, double whole, IEnumerable<double> deviations)
        {
            var sample = Math.Max(1e-9, (whole - small) / (Job.Batch - Small));
            var perStep = Math.Max(0, whole - sample * Job.Batch);
            return Speed.Replayed([
                .. deviations.Select(seconds => Job.Batch / Math.Max(1e-6, whole - perStep + seconds)),
            ]) with
            {
                PerStep = TimeSpan.FromSeconds(perStep),
            };
        }
    }

    private static string NameOf(double[] speeds) =>
        string.Join(" : ", speeds.Select(speed => speed.ToString(CultureInfo.InvariantCulture)));

    private static void Compare(
        Table table,
        double[] speeds,
        List<SteadyPart> measured,
        SteadyPart alone,
        SteadyPart together
    )
    {
        var name = NameOf(speeds);
        Row("step, ms", part => 1e3 * part.StepSeconds, "0.000");
        for (var i = 0; i < speeds.Length; i++)
        {
            var worker = i;
            Row(FormattableString.Invariant($"share of worker {i + 1}"), part => part.Shares[worker], "0.000");
        }
        Row("staleness mean", part => part.Staleness, "0.00");
        table.Add($"{speeds.Length}", name, "histogram", "", "", Distance(alone), "", Distance(together));

        void Row(string what, Func<SteadyPart, double> select, string format)
        {
            var real = measured.Select(select).Median();
            table.Add(
                $"{speeds.Length}",
                name,
                what,
                Text(real),
                Text(select(alone)),
                Percent(select(alone) / real - 1),
                Text(select(together)),
                Percent(select(together) / real - 1)
            );

            string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        }

        string Distance(SteadyPart predicted) => Percent(measured.Select(part => part.DistanceTo(predicted)).Median());

        static string Percent(double part) => part.ToString("0.0 %", CultureInfo.InvariantCulture);
    }

    private static async Task<Recording> MeasureAsync(BenchmarkOptions options, int batch, params double[] throttles)
    {
        await using var cluster = await Cluster.StartAsync(
            throttles.Select(speed => new[] { "--throttle", speed.ToString(CultureInfo.InvariantCulture) }),
            options.NodeSettings
        );
        var progressSoFar = new List<JobProgress>();
        using var pushes = new PushTimes();
        await cluster.RunAsync(Sized(options, batch, throttles.Sum()), progressSoFar.Add);
        return new Recording(SteadyPart.From(progressSoFar, cluster.Workers), pushes.Steady);
    }

    private static SteadyPart Simulate(BenchmarkOptions options, int batch, IReadOnlyList<Speed> speeds)
    {
        var simulation = new Simulation(Seed: 1) { Engines = AnalyticEngines.Small(Parameters, TrainSamples) }
            .WithSeed()
            .WithLinks(Latency, BytesPerSecond);
        simulation = speeds.Aggregate(simulation, (cluster, speed) => cluster.WithWorkers(1, speed));
        using var run = simulation.Start(
            Sized(options, batch, speeds.Count * 0.3) with
            {
                MinimumWorkers = speeds.Count,
            }
        );
        var progressSoFar = new List<JobProgress>();
        while (!run.HasEnded)
        {
            run.Advance(TimeSpan.FromSeconds(1));
            if (run.Progress is { } progress && !progressSoFar.Contains(progress))
                progressSoFar.Add(progress);
        }
        run.ToEnd().ShouldSucceed();
        return SteadyPart.From(progressSoFar, [.. Enumerable.Range(1, speeds.Count).Select(i => $"worker-{i}")]);
    }

    /// <summary>The job with so many epochs that it takes some ten seconds.</summary>
    private static JobOptions Sized(BenchmarkOptions options, int batch, double speeds)
    {
        var whole = Job.Options(options.JobSettings);
        var epochs = Math.Max(3, (int)Math.Round(whole.Epochs * speeds));
        return whole with { BatchSize = batch, Epochs = epochs, EvaluateEvery = epochs };
    }
}
