namespace ActorTrain.Benchmarks.Chaos;

/// <summary>The outcome of a fault.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Began">When, on the log's clock.</param>
/// <param name="Ended">When the cluster was whole again.</param>
/// <param name="Node">The node with the fault.</param>
/// <param name="IsSeed">Whether it is the seed.</param>
/// <param name="Detected">The coordinator's event about it.</param>
/// <param name="Recovered">What ended it: another worker joined, the worker or the seed is back, the visitor
/// left.</param>
internal sealed record FaultOutcome(
    Fault Fault,
    TimeSpan Began,
    TimeSpan Ended,
    string Node,
    bool IsSeed,
    FaultOutcome.Notice Detected,
    FaultOutcome.Notice Recovered
)
{
    public string Kind => Fault.Kind.ToString().ToLowerInvariant();

    public string NodeAndRole => IsSeed ? $"{Node} (seed)" : Node;

    /// <summary>Missing events.</summary>
    public IEnumerable<string> Failures =>
        new[] { Detected, Recovered }
            .Where(notice => notice.Wrong)
            .Select(notice => $"{Fault.Kind} of {Node}: {notice.Text} ({notice.Seconds} s)");

    /// <summary>An event of the coordinator, or why there is none.</summary>
    /// <param name="Text">The kind of event, or why there is none.</param>
    /// <param name="Seconds">How long after its cause; empty without one.</param>
    /// <param name="Wrong">Whether an event is missing.</param>
    public sealed record Notice(string Text, string Seconds, bool Wrong = false)
    {
        public static Notice None(string why) => new(why, "");
    }
}
