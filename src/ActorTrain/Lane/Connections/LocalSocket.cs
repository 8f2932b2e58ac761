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

    /// <summary>Listens under a unique name; null where the system has no such sockets.</summary>
    public static (Socket Socket, string Name)? TryListen(int receiveBuffer)
    {
        if (!Socket.OSSupportsUnixDomainSockets)
            return null;
        // Linux has names that are not files: they end with the process, and are separate for each network namespace.
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
            // The system reports such sockets and does not support them: TCP is used.
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Connects; null when no socket of that name can be reached.</summary>
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

    /// <summary>Removes the file of a name, if it is one.</summary>
    public static void Remove(string name)
    {
        if (!name.StartsWith('\0'))
            File.Delete(name);
    }
}
