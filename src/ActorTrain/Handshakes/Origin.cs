using System.Net;
using System.Net.Sockets;

namespace ActorTrain.Handshakes;

/// <summary>The machine that a connection comes from, as far as it is known.</summary>
internal static class Origin
{
    private const string Here = "this machine";
    private const int Network = 8;

    /// <summary>
    /// Equal for all connections of one machine: its address, or its IPv6 network, since one machine can have all
    /// addresses of it.
    /// </summary>
    public static string From(EndPoint? remote) =>
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

    /// <summary>A connection's name in the log.</summary>
    public static string NameOf(EndPoint? remote) =>
        remote is IPEndPoint { Port: var port } ? new IPEndPoint(AddressOf(remote)!, port).ToString() : Here;

    private static IPAddress? AddressOf(EndPoint? remote) =>
        (remote as IPEndPoint)?.Address switch
        {
            { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4(),
            var address => address,
        };
}
