namespace ActorTrain.Benchmarks.Chaos;

/// <summary>What came of a fault.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Began">When, on the log's clock.</param>
/// <param name="Node">The worker that it happened to.</param>
/// <param name="Noticed">The coordinator's event about it.</param>
/// <param name="Mended">The event by which it was over: another worker has joined, the worker is back, the visitor has
/// left.</param>
internal sealed record FaultOutcome(
    Fault Fault,
    TimeSpan Began,
    string Node,
    FaultOutcome.Told Noticed,
    FaultOutcome.Told Mended
)
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    public IEnumerable<string> Complaints =>
        new[] { Noticed, Mended }
            .Where(told => told.Wrong)
            .Select(told => $"{Fault.Kind} of {Node}: {told.Text} ({told.Seconds} s)");

    /// <summary>What the coordinator has told.</summary>
    /// <param name="Text">The kind of event, or why there is none.</param>
    /// <param name="Seconds">How long after its cause; empty without one.</param>
    /// <param name="Wrong">Whether an event should have come.</param>
    public sealed record Told(string Text, string Seconds, bool Wrong = false)
    {
        public static Told Nothing(string why) => new(why, "");
    }
}
