using ActorTrain.Engines;
using Akka.Configuration;

namespace ActorTrain.Hosting;

/// <summary>Everything needed to start a node.</summary>
/// <param name="Roles">What it hosts: any of <c>coordinator</c>, <c>server</c>, <c>worker</c>.</param>
/// <param name="Host">Address that it listens on and that other nodes reach it by.</param>
/// <param name="Port">TCP port for control messages; 0 lets the system choose one.</param>
public sealed record NodeOptions(IReadOnlyList<string> Roles, string Host = "127.0.0.1", int Port = 0)
{
    /// <summary>The seed node to join; null makes this node the seed of a new cluster.</summary>
    public HostPort? Join { get; init; }

    /// <summary>Creates the engines of a node with the role <c>worker</c>.</summary>
    public IEngineFactory? Engines { get; init; }

    /// <summary>Receives a line about what the node waits for; null: the line is logged.</summary>
    internal Action<string>? OnWait { get; init; }

    /// <summary>Whether it warns of a port that other machines can reach.</summary>
    internal bool WarnsOfOpenPort { get; init; } = true;

    /// <summary>Configuration that overrides reference.conf; <see cref="Config.Empty"/> for defaults.</summary>
    public Config Configuration { get; init; } = Config.Empty;
}
