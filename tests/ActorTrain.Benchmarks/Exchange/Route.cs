using ActorTrain.Hosting;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>A transport of the lane, and the raw socket that it is compared with.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Setting">Its name in the lane's settings; null within one process.</param>
/// <param name="Raw">The kind of raw socket; null if no socket is used.</param>
/// <param name="Read">Whether both sides read every number; otherwise shared memory is never read.</param>
internal sealed record Route(string Name, string? Setting, string? Raw, bool Read = false)
{
    public static IReadOnlyList<Route> All { get; } =
    [
        new("in process", null, null),
        new("shared memory", "shared-memory", null),
        new("shared memory, read at both ends", "shared-memory", null, Read: true),
        new("Unix socket", "unix", "unix"),
        new("TCP", "tcp", "tcp"),
    ];

    /// <summary>The configuration of an actor system with this transport.</summary>
    public Config Configuration => ConfigurationOf(Setting);

    public static Config ConfigurationOf(string? setting) =>
        NodeConfiguration.Client(
            "127.0.0.1",
            ConfigurationFactory.ParseString(
                $"actortrain.lane {{ same-machine = {setting ?? "tcp"}, in-flight = 2GiB }}"
            )
        );
}
