namespace ActorTrain.TestKit.Network;

/// <summary>The links between nodes.</summary>
/// <param name="Latency">Time from one node to another, 0 or more.</param>
/// <param name="BytesPerSecond">Bandwidth of one link, in one direction, 1 or more; infinity is no limit.</param>
/// <exception cref="ActorTrainException">A value is out of range.</exception>
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

    /// <summary>Bandwidth of one link, in one direction; infinity is no limit.</summary>
    public double BytesPerSecond
    {
        get;
        init => field = Checked.BytesPerSecond(BytesAt, value);
    } = Checked.BytesPerSecond(BytesAt, BytesPerSecond);

    /// <summary>A gigabit network in one room: 100 µs, 125 MB/s.</summary>
    public static NetworkOptions Default { get; } = new(TimeSpan.FromMicroseconds(100), 125e6);

    /// <summary>No delay, for laws that assume none.</summary>
    public static NetworkOptions None { get; } = new(TimeSpan.Zero, double.PositiveInfinity);

    /// <summary>
    /// Links that differ from the default, in both directions; of two between the same nodes the later counts.
    /// </summary>
    internal IReadOnlyList<(string One, string Other, TimeSpan Latency, double BytesPerSecond)> Links { get; init; } =
    [];

    internal NetworkOptions WithLink(string one, string other, TimeSpan latency, double bytesPerSecond) =>
        this with
        {
            Links = [.. Links, (one, other, latency, bytesPerSecond)],
        };
}
