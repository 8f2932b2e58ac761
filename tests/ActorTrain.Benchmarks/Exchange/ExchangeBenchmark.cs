using System.Globalization;
using ActorTrain.Benchmarks.Measuring;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>Pushes a vector to a shard in another process of this machine and receives another one.</summary>
internal static class ExchangeBenchmark
{
    private static readonly (string Name, int Floats)[] Sizes =
    [
        ("0.1 MB", 25_000),
        ("1 MB", 250_000),
        ("7.45 MB", 1_863_690),
        ("100 MB", 25_000_000),
        ("400 MB", 100_000_000),
    ];

    public static Task RunAsync(BenchmarkOptions options)
    {
        var table = new Table("payload", "route", "ms", "raw socket ms", "of raw", "gloo ms", "× gloo", "bytes a push")
        {
            Keys = 2,
        };
        foreach (var (size, floats) in Sizes)
        {
            foreach (var route in Route.All.Where(route => options.Wants($"{size} {route.Name}")))
                table.Add([size, route.Name, .. Measure(route, floats, options)]);
        }
        table.Print(
            $"Exchange: payload to another process and as much back; median of {options.Rounds}, each of at least 0.3 s"
        );
        Console.WriteLine("\nbytes a push: managed bytes allocated in both processes for a push and its reply.");
        return Task.CompletedTask;
    }

    private static string[] Measure(Route route, int floats, BenchmarkOptions options)
    {
        using var lane = new LaneContestant(route, floats);
        using var raw = route.Raw is { } kind ? new RawContestant(kind, floats) : null;
        using var gloo = options.Peer is { } python ? new GlooContestant(python, floats) : null;
        IContestant?[] contestants = [lane, raw, gloo];
        // As many as take 0.3 s, after a warm-up of the same length.
        var counts = contestants.Select(contestant => contestant is null ? 0 : Calibrate(contestant)).ToArray();
        var seconds = contestants.Select(_ => new List<double>()).ToArray();
        var bytes = new List<double>();
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < contestants.Length; i++)
            {
                if (contestants[i] is not { } contestant)
                    continue;
                var before = i == 0 ? lane.Allocated : 0;
                seconds[i].Add(contestant.Exchange(counts[i]) / counts[i]);
                if (i == 0)
                    bytes.Add((double)(lane.Allocated - before) / counts[i]);
            }
        }
        return
        [
            Milliseconds(seconds[0]),
            Milliseconds(seconds[1]),
            Ratio(seconds[1], seconds[0]),
            Milliseconds(seconds[2]),
            Ratio(seconds[2], seconds[0]),
            bytes.Median().ToString("N0", CultureInfo.InvariantCulture),
        ];
    }

    private static int Calibrate(IContestant contestant)
    {
        var once = contestant.Exchange(3) / 3;
        var count = (int)Math.Clamp(0.3 / once, 3, 20_000);
        return (int)Math.Clamp(0.3 * count / contestant.Exchange(count), 3, 50_000);
    }

    private static string Milliseconds(List<double> seconds) =>
        seconds.Count == 0 ? "" : (seconds.Median() * 1000).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Ratio(List<double> over, List<double> under) =>
        over.Count == 0 ? "" : over.Zip(under, (a, b) => a / b).Median().ToString("0.00", CultureInfo.InvariantCulture);
}
