using System.Globalization;
using System.Text.Json;

namespace ActorTrain.Benchmarks.Training;

/// <summary>Training after a warm-up.</summary>
/// <param name="Samples">Samples trained on.</param>
/// <param name="Seconds">Time it took.</param>
/// <param name="ProcessorSeconds">Processor time of all processes that took part.</param>
/// <param name="Staleness">Mean staleness; 0 without a cluster.</param>
internal sealed record Measured(long Samples, double Seconds, double ProcessorSeconds, double Staleness = 0)
{
    public double Throughput => Samples / Seconds;

    public double ProcessorSecondsPerThousand => ProcessorSeconds * 1000 / Samples;

    public string ToLine() => JsonSerializer.Serialize(this);

    public static Measured Parse(string line) => JsonSerializer.Deserialize<Measured>(line, JsonSerializerOptions.Web)!;

    /// <summary>The figures of a run, by name.</summary>
    public IEnumerable<(string Name, string Value)> Figures =>
        [
            ("images/s", Whole(Throughput)),
            ("CPU s per 1,000", ProcessorSecondsPerThousand.ToString("0.000", CultureInfo.InvariantCulture)),
            ("staleness", Staleness > 0 ? Staleness.ToString("0.0", CultureInfo.InvariantCulture) : ""),
        ];

    public static string Whole(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
