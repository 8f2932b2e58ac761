using System.Net;
using ActorTrain.Settings;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;

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

    /// <summary>Reads a node's options from a section of .NET configuration.</summary>
    /// <param name="section">The section, such as <c>ActorTrain</c> of appsettings.json: <c>Roles</c>,
    /// <c>CoordinatorRole</c>, <c>Host</c>, <c>Port</c>, <c>Join</c> (<c>host:port</c>), and what stands below
    /// <c>actortrain</c> in HOCON, such as <c>Coordinator:ProgressInterval</c>. Large letters and dashes make no
    /// difference.</param>
    /// <exception cref="ActorTrainException">A key does not exist, or a value is invalid.</exception>
    public static StandaloneNodeOptions Read(IConfiguration section)
    {
        var node = new NodeSection(
            section,
            nameof(Roles),
            nameof(CoordinatorRole),
            nameof(Host),
            nameof(Port),
            nameof(Join)
        );
        var options = new StandaloneNodeOptions();
        options.Roles = node.Read(nameof(Roles), options.Roles, (at, key) => at.Items(key, NodeRoles.All));
        options.CoordinatorRole = node.Read(nameof(CoordinatorRole), null, (at, key) => at.TextOrNone(key));
        options.Host = node.Read(nameof(Host), options.Host, NodeSettingsReader.HostOf);
        options.Port = node.Read(nameof(Port), options.Port, (at, key) => at.Int(key, 0, IPEndPoint.MaxPort));
        options.Join = node.Read(nameof(Join), null, JoinOf);
        options.Configuration = node.Settings;
        return options;
    }

    private static HostPort? JoinOf(SettingsReader settings, string key)
    {
        try
        {
            return HostPort.Parse(settings.Text(key));
        }
        catch (ActorTrainException)
        {
            throw settings.Wrong(key, "HOST:PORT, such as 127.0.0.1:4053");
        }
    }

    /// <summary>Receives a line about what the node waits for; null: the line is logged.</summary>
    internal Action<string>? OnWait { get; set; }

    /// <summary>Where it keeps the addresses of its cluster's nodes; null keeps none.</summary>
    internal KnownNodes? KnownNodes { get; set; }

    /// <summary>Whether it joins by its seed alone: the other nodes that it knows are of a cluster that it has
    /// left.</summary>
    internal bool JoinsBySeedOnly { get; set; }

    /// <summary>Whether the cluster has taken it out: a seed joins it again, and begins no cluster of its
    /// own.</summary>
    internal bool IsTakenOut { get; set; }

    /// <summary>Whether it warns of a port that other machines can reach.</summary>
    internal bool WarnsOfOpenPort { get; set; } = true;
}
