using ActorTrain.Protocol;
using ActorTrain.Settings;

namespace ActorTrain.TestKit.Network;

/// <summary>The time that a parameter shard takes for a push.</summary>
/// <param name="PerPush">Time for each push, whatever its size, 0 or more.</param>
/// <param name="SecondsPerParameter">Seconds for each parameter of a push, 0 to 1.</param>
/// <exception cref="ActorTrainException">A value is out of range.</exception>
public sealed record CostOptions(TimeSpan PerPush, double SecondsPerParameter)
{
    private const string PerPushAt = "CostOptions.PerPush";

    /// <summary>Time for each push, whatever its size.</summary>
    public TimeSpan PerPush
    {
        get;
        init => field = Checked.Time(PerPushAt, value);
    } = Checked.Time(PerPushAt, PerPush);

    /// <summary>Seconds for each parameter of a push.</summary>
    public double SecondsPerParameter
    {
        get;
        init => field = Seconds(value);
    } = Seconds(SecondsPerParameter);

    /// <summary>
    /// As measured on one thread of one machine: 10 µs, and 0.4 ns for each parameter (SGD with momentum).
    /// </summary>
    public static CostOptions Default { get; } = new(TimeSpan.FromMicroseconds(10), 0.4e-9);

    /// <summary>No time, for laws that assume none.</summary>
    public static CostOptions None { get; } = new(TimeSpan.Zero, 0);

    internal TimeSpan GetCost(object message) =>
        message is ShardProtocol.Push push
            ? PerPush + TimeSpan.FromTicks((long)(SecondsPerParameter * TimeSpan.TicksPerSecond * push.Payload.Length))
            : TimeSpan.Zero;

    private static double Seconds(double each) =>
        Checked.Number("CostOptions.SecondsPerParameter", each, Bounds.Between(0, 1));
}
