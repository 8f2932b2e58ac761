using System.Globalization;
using Akka.Configuration;

namespace ActorTrain.Hosting;

/// <summary>The Akka configuration of the systems that ActorTrain starts itself.</summary>
internal static class NodeConfiguration
{
    /// <summary>Name of every actor system of a cluster.</summary>
    public const string SystemName = "actortrain";

    private static readonly Lazy<Config> Embedded = new(() =>
    {
        using var stream = typeof(NodeConfiguration).Assembly.GetManifestResourceStream("ActorTrain.reference.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    });

    /// <summary>ActorTrain's own defaults.</summary>
    public static Config Reference => Embedded.Value;

    /// <summary>A member of the cluster.</summary>
    public static Config Node(NodeOptions options) =>
        Remoting("cluster", options.Host, options.Port)
            .WithFallback(ConfigurationFactory.ParseString($"akka.cluster.roles = [{string.Join(", ", options.Roles)}]"))
            .WithFallback(options.Configuration)
            .WithFallback(Reference)
            .WithFallback(Reference.GetConfig("actortrain.node-defaults"));

    /// <summary>A client, which is no member.</summary>
    public static Config Client(string host, Config configuration) =>
        Remoting("remote", host, 0)
            .WithFallback(configuration)
            .WithFallback(Reference)
            .WithFallback(Reference.GetConfig("actortrain.node-defaults"));

    private static Config Remoting(string provider, string host, int port) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akka.actor.provider = {{provider}}
        akka.remote.dot-netty.tcp { hostname = "{{host}}", port = {{port}} }
        """));
}
