using System.Diagnostics;
using System.Diagnostics.Metrics;
using ActorTrain.Staleness;

namespace ActorTrain.Telemetry;

/// <summary>
/// The instruments of <see cref="ActorTrainTelemetry"/>. Without a listener, each costs only the check for one.
/// </summary>
internal static class Instruments
{
    private static readonly Meter Meter = new(ActorTrainTelemetry.Name);
    private static readonly Counter<long> Pushes = Meter.CreateCounter<long>(
        ActorTrainTelemetry.Pushes,
        "{push}",
        "Pushes that a shard has decided on"
    );
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        ActorTrainTelemetry.PushesRefused,
        "{push}",
        "Pushes that a shard has refused"
    );
    private static readonly Histogram<long> Staleness = Meter.CreateHistogram<long>(
        ActorTrainTelemetry.Staleness,
        "{update}",
        "Staleness of the pushes that were applied"
    );
    private static readonly Counter<long> LaneBytes = Meter.CreateCounter<long>(
        ActorTrainTelemetry.LaneBytes,
        "By",
        "Tensors sent to other processes"
    );
    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        ActorTrainTelemetry.Events,
        "{event}",
        "Events of a job"
    );

    /// <summary>The source of the activities.</summary>
    public static ActivitySource Activities { get; } = new(ActorTrainTelemetry.Name);

    public static Counter<long> SamplesApplied { get; } =
        Meter.CreateCounter<long>(
            ActorTrainTelemetry.SamplesApplied,
            "{sample}",
            "Samples that every shard has applied"
        );

    public static Gauge<double> WorkerThroughput { get; } =
        Meter.CreateGauge<double>(ActorTrainTelemetry.WorkerThroughput, "{sample}/s", "A worker's throughput");

    /// <summary>A shard has decided on a push.</summary>
    public static void Judged(Verdict verdict, long staleness)
    {
        if (Pushes.Enabled)
            Pushes.Add(1, Tag("verdict", verdict.Kind.ToString()));
        if (verdict.Kind == VerdictKind.Applied)
            Staleness.Record(staleness);
        else if (verdict.Kind == VerdictKind.Refused && Refused.Enabled)
            Refused.Add(1, Tag("reason", verdict.Refusal.ToString()));
    }

    /// <summary>A connection has sent a tensor.</summary>
    public static void Sent(long bytes, string transport) => LaneBytes.Add(bytes, Tag("transport", transport));

    /// <summary>An event of a job has occurred.</summary>
    public static void EventRaised(string kind) => Events.Add(1, Tag("kind", kind));

    public static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);
}
