using ActorTrain.Server;

namespace ActorTrain.TestKit.Network;

/// <summary>What a parameter shard takes for a push.</summary>
/// <param name="PerPush">Time for each, whatever its size.</param>
/// <param name="SecondsPerParameter">Seconds for each parameter of it.</param>
public sealed record CostOptions(TimeSpan PerPush, double SecondsPerParameter)
{
    /// <summary>As measured on one thread of one machine: 10 µs, and 0.4 ns for each parameter (SGD with momentum).</summary>
    public static CostOptions Default { get; } = new(TimeSpan.FromMicroseconds(10), 0.4e-9);

    /// <summary>No time at all, for laws that know of none.</summary>
    public static CostOptions None { get; } = new(TimeSpan.Zero, 0);

    internal TimeSpan Of(object message) => message is ShardProtocol.Push push
        ? PerPush + TimeSpan.FromTicks((long)(SecondsPerParameter * TimeSpan.TicksPerSecond * push.Payload.Length))
        : TimeSpan.Zero;
}
