using System.Net;
using System.Net.Sockets;
using ActorTrain.Sentences;

namespace ActorTrain.Hosting;

/// <summary>
/// A TCP port that a node is to listen on: whether it can be opened, and the error in one sentence if not.
/// </summary>
/// <param name="Host">Address of this machine.</param>
/// <param name="Number">The port; 0 for any.</param>
/// <param name="Setting">The option or key that selects another port, as a user writes it.</param>
internal sealed record ListeningPort(string Host, int Number, string Setting)
{
    /// <summary>
    /// Tries the port before anything has started, since Akka reports a port in use with pages of log. Another process
    /// can take the port after this; for that there is <see cref="ErrorFrom"/>.
    /// </summary>
    /// <exception cref="ActorTrainException">The port cannot be opened.</exception>
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
            throw Error(failure);
        }
    }

    /// <summary>A failure to listen as an error of one sentence; null for any other failure.</summary>
    public ActorTrainException? ErrorFrom(Exception failure) =>
        failure switch
        {
            SocketException socket => Error(socket),
            AggregateException { InnerExceptions: var all } => all.Select(ErrorFrom)
                .FirstOrDefault(found => found is not null),
            { InnerException: { } inner } => ErrorFrom(inner),
            _ => null,
        };

    private ActorTrainException Error(SocketException failure) =>
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
