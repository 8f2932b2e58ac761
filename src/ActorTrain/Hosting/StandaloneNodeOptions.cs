using Akka.Configuration;

namespace ActorTrain.Hosting;

/// <summary>Everything needed to start a node in an actor system of its own.</summary>
public sealed class StandaloneNodeOptions : NodeOptions
{
    /// <summary>Address that it listens on and that other nodes reach it by.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>TCP port for control messages; 0 lets the system choose one.</summary>
    public int Port { get; set; }

    /// <summary>The seed node to join; null makes this node the seed of a new cluster.</summary>
    public HostPort? Join { get; set; }

    /// <summary>Configuration that overrides reference.conf; <see cref="Config.Empty"/> for defaults.</summary>
    public Config Configuration { get; set; } = Config.Empty;

    /// <summary>Receives a line about what the node waits for; null: the line is logged.</summary>
    internal Action<string>? OnWait { get; set; }

    /// <summary>Whether it warns of a port that other machines can reach.</summary>
    internal bool WarnsOfOpenPort { get; set; } = true;
}
