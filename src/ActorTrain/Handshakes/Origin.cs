using System.Net;
using System.Net.Sockets;

namespace ActorTrain.Handshakes;

/// <summary>The machine that a connection comes from, as far as that can be told.</summary>
internal static class Origin
{
    private const string Here = "this machine";
    private const int Network = 8;

    /// <summary>
    /// The same for all connections of one machine: its address, or in IPv6 its network, all of which is one machine's.
    /// </summary>
    public static string Of(EndPoint? remote) =>
        AddressOf(remote) switch
        {
            null => Here,
            { AddressFamily: AddressFamily.InterNetworkV6 } wide => Convert.ToHexString(
                wide.GetAddressBytes(),
                0,
                Network
            ),
            var address => address.ToString(),
        };

    /// <summary>What to call a connection in a log.</summary>
    public static string NameOf(EndPoint? remote) =>
        remote is IPEndPoint { Port: var port } ? new IPEndPoint(AddressOf(remote)!, port).ToString() : Here;

    private static IPAddress? AddressOf(EndPoint? remote) =>
        (remote as IPEndPoint)?.Address switch
        {
            { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4(),
            var address => address,
        };
}
