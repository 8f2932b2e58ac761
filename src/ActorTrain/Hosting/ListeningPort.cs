using System.Net;
using System.Net.Sockets;
using ActorTrain.Sentences;

namespace ActorTrain.Hosting;

/// <summary>A TCP port that a node is to listen on: whether it can be had, and in one sentence why not.</summary>
/// <param name="Host">Address of this machine.</param>
/// <param name="Number">The port; 0 for any.</param>
/// <param name="Setting">How another is chosen, as a user writes it.</param>
internal sealed record ListeningPort(string Host, int Number, string Setting)
{
    /// <summary>
    /// Finds out before anything has started: Akka says a port in use with pages of log. Another process can take the
    /// port between this and then, which is what <see cref="RefusalBy"/> is for.
    /// </summary>
    /// <exception cref="ActorTrainException">It cannot be had.</exception>
    public void Check()
    {
        try
        {
            var address = IPAddress.TryParse(Host, out var ip) ? ip : Dns.GetHostAddresses(Host)[0];
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                throw new ActorTrainException(
                    $"Host {Host} is not an address that others can reach this node by; give the machine's own name or "
                        + "address."
                );
            using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.ExclusiveAddressUse = OperatingSystem.IsWindows();
            probe.Bind(new IPEndPoint(address, Number));
            probe.Listen(1);
        }
        catch (SocketException failure)
        {
            throw Refusal(failure);
        }
    }

    /// <summary>What a failure to listen is in one sentence; null where it was another failure.</summary>
    public ActorTrainException? RefusalBy(Exception failure) =>
        failure switch
        {
            SocketException socket => Refusal(socket),
            AggregateException { InnerExceptions: var all } => all.Select(RefusalBy)
                .FirstOrDefault(found => found is not null),
            { InnerException: { } inner } => RefusalBy(inner),
            _ => null,
        };

    private ActorTrainException Refusal(SocketException failure) =>
        new(
            failure.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"Port {Number} on {Host} is in use; choose another with {Setting}, or 0 for any that is free.",
                SocketError.AccessDenied =>
                    $"Port {Number} on {Host} needs more rights than this process has; choose one above 1023.",
                SocketError.AddressNotAvailable => $"Host {Host} is not an address of this machine; give one that is.",
                _ => $"Host {Host} cannot be listened on: {failure.AsClause()}.",
            },
            failure
        );
}
