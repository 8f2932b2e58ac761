using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;

namespace ActorTrain.Lane;

/// <summary>A connection to another node, and the thread that empties a queue into it. Tells the lane's actor when it has ended.</summary>
internal sealed class SendingConnection : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private readonly Address _node;
    private readonly LaneProtocol.Opened _peer;
    private readonly OutgoingQueue _queue;
    private readonly IActorRef _lane;
    private readonly LaneOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly byte[] _head = new byte[FrameHeader.Size + 2 * FrameHeader.LongestPath];
    private readonly MemoryStream _header = new();
    private Socket? _socket;

    private SendingConnection(Address node, LaneProtocol.Opened peer, OutgoingQueue queue, IActorRef lane, LaneOptions options) =>
        (_node, _peer, _queue, _lane, _options) = (node, peer, queue, lane, options);

    public static SendingConnection Start(Address node, LaneProtocol.Opened peer, OutgoingQueue queue, IActorRef lane, LaneOptions options)
    {
        var connection = new SendingConnection(node, peer, queue, lane, options);
        new Thread(connection.Run) { IsBackground = true, Name = $"lane to {node.Host}:{node.Port}" }.Start();
        return connection;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _socket?.Dispose();
    }

    private void Run()
    {
        try
        {
            using var socket = Connect();
            while (true)
            {
                if (_queue.TryTake(LookInterval, _stopping.Token, out var outgoing)) Send(socket, outgoing);
                else if (socket.IsClosedByPeer()) throw new IOException("the other side closed the connection");
            }
        }
#pragma warning disable CA1031 // The last frame of a thread: whatever ends it is told to the lane's actor, which opens the connection again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            // Also the end of the node ends here: then nobody listens any more, and the message is lost with good reason.
            _lane.Tell(new LaneProtocol.Broken(_node, $"{failure.GetType().Name}: {failure.Message}"), ActorRefs.NoSender);
        }
    }

    private Socket Connect()
    {
        var endpoint = new IPEndPoint(IPAddress.TryParse(_peer.Host, out var ip) ? ip : Dns.GetHostAddresses(_peer.Host)[0], _peer.Port);
        _socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendBufferSize = _options.SocketBuffer,
        };
        _socket.Connect(endpoint);
        Span<byte> hello = stackalloc byte[Handshake.Size];
        Handshake.Write(hello, _peer.Token);
        _socket.SendAll(hello);
        _socket.ReceiveAll(hello[..1]);
        if (hello[0] != Handshake.Welcome) throw new IOException("the other side did not accept the connection");
        return _socket;
    }

    private void Send(Socket socket, in Outgoing outgoing)
    {
        try
        {
            if (socket.IsClosedByPeer()) throw new IOException("the other side closed the connection");
            _header.SetLength(0);
            using (var writer = new BinaryWriter(_header, Encoding.UTF8, leaveOpen: true)) outgoing.Message.WriteHeader(writer);
            var payload = outgoing.Message.Payload;
            var target = Encoding.UTF8.GetBytes(outgoing.Target, _head.AsSpan(FrameHeader.Size));
            var sender = Encoding.UTF8.GetBytes(outgoing.Sender, _head.AsSpan(FrameHeader.Size + target));
            new FrameHeader(TensorMessageTable.KindOf(outgoing.Message), target, sender, (int)_header.Length, payload.Length).Write(_head);
            socket.SendAll(_head.AsSpan(0, FrameHeader.Size + target + sender));
            socket.SendAll(_header.GetBuffer().AsSpan(0, (int)_header.Length));
            socket.SendAll(payload.Values.Span);
        }
        finally
        {
            _queue.Finished(outgoing);
        }
    }
}
