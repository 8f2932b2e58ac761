using System.Net;
using System.Net.Sockets;

namespace ActorTrain.Cli.Tests;

/// <summary>A port that no process uses, for a seed whose workers start before it.</summary>
internal static class FreePort
{
    // Below the ephemeral ports: a worker that connects again and again, or any other process, could otherwise be given
    // the port before the seed starts.
    private const int First = 20_000,
        End = 30_000;
    private static int _next = Random.Shared.Next(First, End);

    public static int Reserve()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _next) - First) % (End - First);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // The next one.
            }
        }
    }
}
