using System.Net;

namespace ActorTrain.Hosting;

/// <summary>Warnings about a port that programs of other machines can reach.</summary>
internal static class OpenPort
{
    /// <summary>The warning of a node; null where it listens to this machine alone.</summary>
    public static string? WarningOf(HostPort address) =>
        IsLoopback(address.Host)
            ? null
            : $"This node listens on {address} without authentication: any program that reaches the port can submit "
                + "jobs and read models; keep it in a private network";

    /// <summary>
    /// The warnings about an actor system that embeds a node: settings there that ActorTrain's own nodes avoid.
    /// </summary>
    /// <param name="address">The address that it listens on.</param>
    /// <param name="buildsAnyType">Whether it deserializes objects of any type, as Akka's JSON serializer does.</param>
    /// <param name="sharesPort">Whether another process can listen on the same port.</param>
    public static IEnumerable<string> WarningsOf(HostPort address, bool buildsAnyType, bool sharesPort)
    {
        if (buildsAnyType && !IsLoopback(address.Host))
            yield return $"This actor system listens on {address}, and its serializer for System.Object builds "
                + "any type that a message names: any program that reaches the port can misuse that; keep it in a "
                + "private network, or bind System.Object in akka.actor.serialization-bindings to another serializer";
        if (sharesPort)
            yield return $"akka.remote.dot-netty.tcp.tcp-reuse-addr lets another process listen on port {address.Port} "
                + "as well, and take some of its connections; set it to off";
    }

    /// <summary>Whether only this machine reaches a host.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
