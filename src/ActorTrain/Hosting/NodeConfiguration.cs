using System.Globalization;
using ActorTrain.Settings;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;

namespace ActorTrain.Hosting;

/// <summary>The Akka configuration of the systems that ActorTrain starts itself.</summary>
internal static class NodeConfiguration
{
    /// <summary>Name of every actor system of a cluster.</summary>
    public const string SystemName = "actortrain";

    /// <summary>A member of the cluster.</summary>
    public static Config Node(StandaloneNodeOptions options) =>
        Remoting("cluster", options.Host, options.Port)
            .WithFallback(Roles(options))
            .WithFallback(options.Configuration)
            .WithFallback(Defaults)
            // Contains the serializer of its messages. Injected later it would have no effect, and Akka would use JSON.
            .WithFallback(ClusterSingleton.DefaultConfig());

    // The system is the node's own, and so are its cluster roles.
    private static Config Roles(StandaloneNodeOptions options)
    {
        var role = options.CoordinatorRoleIn(options.Configuration);
        var roles = options.Roles.Contains(NodeRoles.Coordinator) ? options.Roles.Append(role) : options.Roles;
        return ConfigurationFactory.ParseString($"akka.cluster.roles = [{string.Join(", ", roles.Distinct())}]");
    }

    // A client watches shards while it pulls from them. Akka parts two systems for good where a watched one is silent
    // for this long: so a link that is down must be longer down than a client looks for its job.
    private static readonly Config PatientWatch = ConfigurationFactory.ParseString(
        $"akka.remote.watch-failure-detector.acceptable-heartbeat-pause = {JobSearch.SilenceTimeout.TotalSeconds}s"
    );

    /// <summary>A client, which is no member.</summary>
    public static Config Client(string host, Config configuration) =>
        Remoting("remote", host, 0).WithFallback(configuration).WithFallback(PatientWatch).WithFallback(Defaults);

    private static Config Defaults =>
        ReferenceConfiguration.Config.WithFallback(ReferenceConfiguration.Config.GetConfig("actortrain.node-defaults"));

    private static Config Remoting(string provider, string host, int port) =>
        ConfigurationFactory.ParseString(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                akka.actor.provider = {{provider}}
                akka.remote.dot-netty.tcp { hostname = "{{host}}", port = {{port}} }
                """
            )
        );
}
