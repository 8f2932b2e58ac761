using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorTrain.Benchmarks.Exchange;

/// <summary>
/// The lower bound of an exchange: a process that receives a vector from a blocking socket and sends it back, without
/// frames and actors.
/// </summary>
internal static class RawEcho
{
    public const string Verb = "raw-echo";
    private const int Buffer = 512 << 10,
        Piece = 1 << 30;

    /// <summary>Listens on a Unix name or a TCP port, writes it, and echoes until the connection ends.</summary>
    public static void Run(string[] arguments)
    {
        var (kind, floats) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture));
        using var listener = Create(kind);
        listener.ReceiveBufferSize = Buffer;
        listener.Bind(
            kind == "unix"
                ? new UnixDomainSocketEndPoint($"\0raw-echo-{Environment.ProcessId}")
                : new IPEndPoint(IPAddress.Loopback, 0)
        );
        listener.Listen();
        Console.WriteLine(
            kind == "unix" ? $"{Environment.ProcessId}" : $"{((IPEndPoint)listener.LocalEndPoint!).Port}"
        );
        using var socket = listener.Accept();
        Prepare(socket);
        var values = new float[floats];
        while (Receive(socket, values))
            Send(socket, values);
    }

    /// <summary>Connects to an echo by the number it wrote.</summary>
    public static Socket Connect(string kind, string number)
    {
        var socket = Create(kind);
        Prepare(socket);
        socket.Connect(
            kind == "unix"
                ? new UnixDomainSocketEndPoint($"\0raw-echo-{number}")
                : new IPEndPoint(IPAddress.Loopback, int.Parse(number, CultureInfo.InvariantCulture))
        );
        return socket;
    }

    public static void Send(Socket socket, float[] values)
    {
        for (ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan()); bytes.Length > 0; )
            bytes = bytes[socket.Send(bytes[..Math.Min(Piece, bytes.Length)])..];
    }

    public static bool Receive(Socket socket, float[] values)
    {
        for (var bytes = MemoryMarshal.AsBytes(values.AsSpan()); bytes.Length > 0; )
        {
            var received = socket.Receive(bytes[..Math.Min(Piece, bytes.Length)]);
            if (received == 0)
                return false;
            bytes = bytes[received..];
        }
        return true;
    }

    private static Socket Create(string kind) =>
        kind == "unix"
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static void Prepare(Socket socket)
    {
        (socket.SendBufferSize, socket.ReceiveBufferSize) = (Buffer, Buffer);
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
    }
}
