namespace ActorTrain.TestKit.Network;

/// <summary>The links between nodes.</summary>
/// <param name="Latency">Time from one node to another, 0 or more.</param>
/// <param name="BytesPerSecond">What one link carries, in one direction, 1 or more; infinity is no limit.</param>
/// <exception cref="ActorTrainException">One of them cannot be.</exception>
public sealed record NetworkOptions(TimeSpan Latency, double BytesPerSecond)
{
    private const string LatencyAt = "NetworkOptions.Latency",
        BytesAt = "NetworkOptions.BytesPerSecond";

    /// <summary>Time from one node to another.</summary>
    public TimeSpan Latency
    {
        get;
        init => field = Checked.Time(LatencyAt, value);
    } = Checked.Time(LatencyAt, Latency);

    /// <summary>What one link carries, in one direction; infinity is no limit.</summary>
    public double BytesPerSecond
    {
        get;
        init => field = Checked.BytesPerSecond(BytesAt, value);
    } = Checked.BytesPerSecond(BytesAt, BytesPerSecond);

    /// <summary>A gigabit network in one room: 100 µs, 125 MB/s.</summary>
    public static NetworkOptions Default { get; } = new(TimeSpan.FromMicroseconds(100), 125e6);

    /// <summary>No time at all, for laws that know of none.</summary>
    public static NetworkOptions None { get; } = new(TimeSpan.Zero, double.PositiveInfinity);

    /// <summary>
    /// Links that are different from all others, in both directions; of two between the same nodes the later counts.
    /// </summary>
    internal IReadOnlyList<(string One, string Other, TimeSpan Latency, double BytesPerSecond)> Links { get; init; } =
    [];
}
