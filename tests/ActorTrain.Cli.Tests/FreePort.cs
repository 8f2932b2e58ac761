using System.Net;
using System.Net.Sockets;

namespace ActorTrain.Cli.Tests;

/// <summary>A port that nobody uses, for a seed whose workers start before it.</summary>
internal static class FreePort
{
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
