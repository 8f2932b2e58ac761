using System.Net;
using System.Net.Sockets;
using ActorTrain.Sentences;

namespace ActorTrain.Supervision;

/// <summary>What a machine said when somebody wanted to connect to one of its ports.</summary>
internal enum PortAnswer
{
    /// <summary>Somebody listens there.</summary>
    Listens,

    /// <summary>Nobody listens there: the machine is there, and refuses.</summary>
    Refuses,

    /// <summary>Nothing, for as long as it was waited for.</summary>
    Silent,

    /// <summary>There is no way to it: no such name, no route.</summary>
    OutOfReach,
}

/// <summary>Finds out whether somebody listens on a port: connects, and says nothing.</summary>
/// <param name="Answer">What came of it.</param>
/// <param name="Detail">What the system says about it, as a clause; empty where the answer says it all.</param>
internal sealed record PortProbe(PortAnswer Answer, string Detail = "")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static async Task<PortProbe> ConnectAsync(string host, int port)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var address = IPAddress.TryParse(host, out var ip)
                ? ip
                : (await Dns.GetHostAddressesAsync(host, patience.Token).ConfigureAwait(false))[0];
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(address, port), patience.Token).ConfigureAwait(false);
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
            // No answer is no proof.
            return new PortProbe(PortAnswer.Silent);
        }
    }
}
