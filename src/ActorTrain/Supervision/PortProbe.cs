using System.Net;
using System.Net.Sockets;
using ActorTrain.Sentences;

namespace ActorTrain.Supervision;

/// <summary>The result of connecting to a port of a machine.</summary>
internal enum PortAnswer
{
    /// <summary>A process listens on it.</summary>
    Listens,

    /// <summary>No process listens on it: the machine refuses the connection.</summary>
    Refuses,

    /// <summary>No answer before the timeout.</summary>
    Silent,

    /// <summary>The machine cannot be reached: no such name, no route.</summary>
    OutOfReach,
}

/// <summary>Finds out whether a process listens on a port: connects, and sends nothing.</summary>
/// <param name="Answer">The result.</param>
/// <param name="Detail">The system's error, as a clause; empty where the answer says it all.</param>
internal sealed record PortProbe(PortAnswer Answer, string Detail = "")
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public static async Task<PortProbe> ConnectAsync(string host, int port)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            var address = IPAddress.TryParse(host, out var ip)
                ? ip
                : (await Dns.GetHostAddressesAsync(host, timeout.Token).ConfigureAwait(false))[0];
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(address, port), timeout.Token).ConfigureAwait(false);
            return new PortProbe(PortAnswer.Listens);
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => new PortProbe(PortAnswer.Refuses),
                SocketError.TimedOut => new PortProbe(PortAnswer.Silent),
                _ => new PortProbe(PortAnswer.OutOfReach, failure.AsClause()),
            };
        }
        catch (OperationCanceledException)
        {
            // Without an answer nothing is known.
            return new PortProbe(PortAnswer.Silent);
        }
    }
}
