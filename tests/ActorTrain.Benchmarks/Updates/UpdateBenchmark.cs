using System.Diagnostics;
using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Job;
using ActorTrain.Parameters;

namespace ActorTrain.Benchmarks.Updates;

/// <summary>
/// The shard's fused update, compared with copying as many bytes on this machine.
/// </summary>
internal static class UpdateBenchmark
{
    private static readonly (string Name, int Floats)[] Sizes =
    [
        ("7.45 MB", 1_863_690),
        ("100 MB", 25_000_000),
        ("400 MB", 100_000_000),
    ];

    /// <summary>Optimizers with the vectors that one update reads and writes.</summary>
    private static readonly (string Name, string Settings, int Vectors)[] Optimizers =
    [
        ("SGD", "optimizer { name = sgd, momentum = 0 }", 3),
        ("SGD with momentum", "optimizer { name = sgd, momentum = 0.9 }", 5),
        ("Adam", "optimizer { name = adam }", 7),
        ("AdamW", "optimizer { name = adamw, weight-decay = 0.01 }", 7),
    ];

    public static Task RunAsync(BenchmarkOptions options)
    {
        var table = new Table("vector", "optimizer", "place", "ms", "GB/s", "copy GB/s", "of the bound") { Keys = 3 };
        foreach (var (size, floats) in Sizes)
        {
            foreach (
                var (name, settings, vectors) in Optimizers.Where(optimizer =>
                    options.Wants($"{size} {optimizer.Name}")
                )
            )
            {
                foreach (var elsewhere in new[] { false, true })
                    table.Add([
                        size,
                        name,
                        elsewhere ? "new" : "same",
                        .. Measure(floats, settings, vectors, elsewhere, options.Rounds),
                    ]);
            }
        }
        table.Print($"The shard's update on one thread; median of {options.Rounds}");
        Console.WriteLine(
            "\nplace: whether the new weights replace the old ones, or, while those are still read, go to new memory. "
                + "copy: a vector of the same length copied, both directions counted."
        );
        PolicyBenchmark.Run(options, Sizes[0].Name, Sizes[0].Floats);
        return Task.CompletedTask;
    }

    private static string[] Measure(int floats, string settings, int vectors, bool elsewhere, int rounds)
    {
        var options = JobOptionsReader
            .Read(Akka.Configuration.ConfigurationFactory.ParseString($"actortrain.job {{ {settings} }}"))
            .Optimizer;
        Check(options);
        var optimizer = Algorithms.BuiltIn.Create(options, floats);
        var (weights, updated, gradient) = (new float[floats], new float[floats], new float[floats]);
        new Random(1).NextSingles(gradient);
        var repeats = Math.Max(3, 100_000_000 / floats);
        void Update()
        {
            optimizer.Apply(weights, elsewhere ? updated : weights, gradient, 0.001f, 1);
            if (elsewhere)
                (weights, updated) = (updated, weights);
        }
        Time(Update, repeats);
        Time(() => gradient.CopyTo(updated, 0), repeats);
        var (seconds, shares, copies) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var copy = 2.0 * sizeof(float) * floats / Time(() => gradient.CopyTo(updated, 0), repeats);
            seconds.Add(Time(Update, repeats));
            copies.Add(copy);
            shares.Add((double)vectors * sizeof(float) * floats / seconds[^1] / copy);
        }
        var median = seconds.Median();
        return
        [
            (median * 1000).ToString("0.00", CultureInfo.InvariantCulture),
            ((double)vectors * sizeof(float) * floats / median / 1e9).ToString("0.0", CultureInfo.InvariantCulture),
            (copies.Median() / 1e9).ToString("0.0", CultureInfo.InvariantCulture),
            shares.Median().ToString("0.00", CultureInfo.InvariantCulture),
        ];
    }

    public static double Time(Action action, int repeats)
    {
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
            action();
        return Stopwatch.GetElapsedTime(began).TotalSeconds / repeats;
    }

    /// <summary>One step against the formula, element by element in double precision.</summary>
    private static void Check(OptimizerOptions options)
    {
        var (weights, gradient) = (new float[1001], new float[1001]);
        new Random(2).NextSingles(weights);
        new Random(3).NextSingles(gradient);
        var updated = new float[1001];
        Algorithms.BuiltIn.Create(options, 1001).Apply(weights, updated, gradient, 0.001f, 1);
        for (var i = 0; i < weights.Length; i++)
        {
            double w = weights[i],
                g = gradient[i];
            var expected = options switch
            {
                AdamW adamW => w * (1 - 0.001 * adamW.WeightDecay) - 0.001 * g / (Math.Abs(g) + adamW.Epsilon),
                Adam adam => w - 0.001 * g / (Math.Abs(g) + adam.Epsilon),
                _ => w - 0.001 * g,
            };
            if (Math.Abs(updated[i] - expected) > 1e-5)
                throw new InvalidOperationException(
                    $"{options.Name} updates {w} to {updated[i]} and not to {expected}"
                );
        }
    }

    public static void NextSingles(this Random random, float[] values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = random.NextSingle();
    }
}
