using System.Net.Sockets;
using System.Security.Cryptography;

namespace ActorTrain.Lane.Connections;

/// <summary>Unix domain sockets between processes of one machine.</summary>
internal static class LocalSocket
{
    /// <summary>Equal for processes of one machine.</summary>
    public static string Machine { get; } =
        OperatingSystem.IsLinux() && File.Exists("/proc/sys/kernel/random/boot_id")
            ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()
            : Environment.MachineName;

    /// <summary>Listens under a name of its own; null where the system has no such sockets.</summary>
    public static (Socket Socket, string Name)? TryListen(int receiveBuffer)
    {
        if (!Socket.OSSupportsUnixDomainSockets)
            return null;
        // Linux has names that are no files: they end with the process, and a network of its own has names of its own.
        var unique = $"actortrain-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var name = OperatingSystem.IsLinux() ? "\0" + unique : Path.Combine(Path.GetTempPath(), unique);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveBufferSize = receiveBuffer,
        };
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(name));
            socket.Listen();
            return (socket, name);
        }
        catch (SocketException)
        {
            // A system that says it has them and has not: TCP is the road then.
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Connects; null when nobody of that name can be reached from here.</summary>
    public static Socket? TryConnect(string name, int sendBuffer)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            SendBufferSize = sendBuffer,
        };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(name));
            return socket;
        }
        catch (Exception unreachable) when (unreachable is SocketException or ArgumentException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Removes what a name has left behind.</summary>
    public static void Remove(string name)
    {
        if (!name.StartsWith('\0'))
            File.Delete(name);
    }
}
