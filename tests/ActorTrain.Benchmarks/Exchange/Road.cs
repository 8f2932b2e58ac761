using ActorTrain.Hosting;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>A road that a tensor can take, and the raw sockets that it is compared with.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Setting">Its name as the lane's setting; null within one process.</param>
/// <param name="Raw">The kind of raw socket; null where no socket carries it.</param>
/// <param name="Read">Whether both sides read every number: without it a reference is handed over unread.</param>
internal sealed record Road(string Name, string? Setting, string? Raw, bool Read = false)
{
    public static IReadOnlyList<Road> All { get; } =
    [
        new("in process", null, null),
        new("shared memory", "shared-memory", null),
        new("shared memory, read at both ends", "shared-memory", null, Read: true),
        new("Unix socket", "unix", "unix"),
        new("TCP", "tcp", "tcp"),
    ];

    /// <summary>The configuration of a system on this road.</summary>
    public Config Configuration => ConfigurationOf(Setting);

    public static Config ConfigurationOf(string? setting) =>
        NodeConfiguration.Client(
            "127.0.0.1",
            ConfigurationFactory.ParseString(
                $"actortrain.lane {{ same-machine = {setting ?? "tcp"}, in-flight = 2GiB }}"
            )
        );
}
