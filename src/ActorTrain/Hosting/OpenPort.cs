using System.Net;
using ActorTrain.Telemetry;
using Akka.Event;

namespace ActorTrain.Hosting;

/// <summary>Warnings about a port that programs of other machines can reach.</summary>
internal static class OpenPort
{
    /// <summary>Warns of a node, unless it listens to this machine alone.</summary>
    public static void Warn(ILoggingAdapter log, HostPort address)
    {
        if (!IsLoopback(address.Host))
            log.PortOpen(address.ToString());
    }

    /// <summary>
    /// Warns of settings of an actor system that embeds a node, where ActorTrain's own nodes avoid them.
    /// </summary>
    /// <param name="log">Gets the warnings.</param>
    /// <param name="address">The address that it listens on.</param>
    /// <param name="buildsAnyType">Whether it deserializes objects of any type, as Akka's JSON serializer does.</param>
    /// <param name="sharesPort">Whether another process can listen on the same port.</param>
    public static void Warn(ILoggingAdapter log, HostPort address, bool buildsAnyType, bool sharesPort)
    {
        if (buildsAnyType && !IsLoopback(address.Host))
            log.AnyTypeAccepted(address.ToString());
        if (sharesPort)
            log.PortShared(address.Port);
    }

    /// <summary>Whether only this machine reaches a host.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
