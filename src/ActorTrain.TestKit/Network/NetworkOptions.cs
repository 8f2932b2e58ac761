namespace ActorTrain.TestKit.Network;

/// <summary>The links between nodes.</summary>
/// <param name="Latency">Time from one node to another.</param>
/// <param name="BytesPerSecond">What one link carries, in one direction.</param>
public sealed record NetworkOptions(TimeSpan Latency, double BytesPerSecond)
{
    /// <summary>A gigabit network in one room: 100 µs, 125 MB/s.</summary>
    public static NetworkOptions Default { get; } = new(TimeSpan.FromMicroseconds(100), 125e6);

    /// <summary>No time at all, for laws that know of none.</summary>
    public static NetworkOptions None { get; } = new(TimeSpan.Zero, double.PositiveInfinity);

    /// <summary>Links that are different from all others, in both directions.</summary>
    internal IReadOnlyList<(string One, string Other, TimeSpan Latency, double BytesPerSecond)> Links { get; init; } = [];
}
