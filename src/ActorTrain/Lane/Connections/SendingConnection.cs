using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorTrain.Parameters;
using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Actor;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// A connection to another node: one thread sends the messages of a queue, another reads the notices that come back.
/// Tells the lane's actor when it has ended.
/// </summary>
internal sealed class SendingConnection : IDisposable
{
    // This many references, of a few hundred bytes each, fit the socket's buffers: sending them does not block.
    private const int MaxLent = 256;

    private const int FloatsWithHeader = 4096;

    // Narrowed in chunks, so that a chunk is still in the cache when it is sent.
    private const int ChunkLength = 64 * 1024;

    private readonly Address _node;
    private readonly LaneProtocol.Opened _peer;
    private readonly OutgoingQueue _queue;
    private readonly TensorLane _lane;
    private readonly IActorRef _actor;
    private readonly CancellationTokenSource _stopping = new();
    private HeaderWriter _headers = null!;
    private readonly Dictionary<uint, TensorSlice> _lent = [];
    private readonly Lock _gate = new();

    // Held while a message is dequeued and sent, so that messages stay in order.
    private readonly object _sending = new();
    private Socket? _socket;
    private Credit? _credit;
    private bool _shares;
    private uint _sequence;
    private int _ended;

    private SendingConnection(
        Address node,
        LaneProtocol.Opened peer,
        OutgoingQueue queue,
        TensorLane lane,
        IActorRef actor
    ) => (_node, _peer, _queue, _lane, _actor) = (node, peer, queue, lane, actor);

    public static SendingConnection Start(
        Address node,
        LaneProtocol.Opened peer,
        OutgoingQueue queue,
        TensorLane lane,
        IActorRef actor
    )
    {
        var connection = new SendingConnection(node, peer, queue, lane, actor);
        connection.StartThread(connection.Send, $"lane to {node.Host}:{node.Port}");
        return connection;
    }

    public void Dispose() => End("it was closed");

    /// <summary>
    /// Lends a tensor at once, on the calling thread, if no message waits: sending a reference takes less time than
    /// waking a thread. False where the message must go through the queue.
    /// </summary>
    public bool TrySendNow(in Outgoing outgoing)
    {
        if (ReferenceTo(outgoing.Message.Payload) is not { } reference || !Monitor.TryEnter(_sending))
            return false;
        try
        {
            if (!_shares || Volatile.Read(ref _ended) == 1 || !_queue.IsEmpty || LentCount() >= MaxLent)
                return false;
            Lend(_socket!, outgoing, reference);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException or IOException)
        {
            // Lost with the connection, as earlier messages on their way: the actor that waits for an answer is
            // notified, and sends again.
            End(failure.AsNamedClause());
            return true;
        }
        finally
        {
            Monitor.Exit(_sending);
        }
    }

    private void StartThread(Action run, string name) =>
        new Thread(() =>
        {
            try
            {
                run();
            }
            // The last frame of a thread: the lane's actor gets any failure, and opens the connection again.
#pragma warning disable CA1031
            catch (Exception failure)
#pragma warning restore CA1031
            {
                End(failure.AsNamedClause());
            }
        })
        {
            IsBackground = true,
            Name = name,
        }.Start();

    // Lent memory is not released: the other process may still be reading it.
    private void End(string reason)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 1)
            return;
        _queue.Detach(this);
        _stopping.Cancel();
        _queue.Wake();
        _credit?.Close();
        _socket?.Dispose();
        // When the whole node ends, the actor may have stopped already.
        _actor.Tell(new LaneProtocol.Ended(_node, this, reason), ActorRefs.NoSender);
    }

    private void Send()
    {
        var socket = _socket = Connect();
        var handshake = new Handshake(
            _lane.Address,
            Environment.ProcessId,
            IsLocal(socket) ? _lane.Probe?.ToChallenge() : null
        ).ToBytes(_peer.Token);
        socket.SendAll(handshake);
        _headers = new HeaderWriter(_lane.Messages, _lane.Address, handshake.Length);
        var welcome = Welcome.Receive(socket);
        (_credit, _shares) = (new Credit(welcome.Credit), welcome.SharesMemory);
        StartThread(() => ReadNotices(socket), $"lane notices from {_node.Host}:{_node.Port}");
        var staging = ArrayPool<ushort>.Shared.Rent(ChunkLength);
        try
        {
            _queue.Attach(this);
            while (_queue.Wait(_stopping.Token))
            {
                lock (_sending)
                {
                    if (!_queue.TryDequeue(out var outgoing))
                        continue;
                    if (_shares && ReferenceTo(outgoing.Message.Payload) is { } reference)
                        Lend(socket, outgoing, reference);
                    else
                        Copy(socket, outgoing, staging);
                }
            }
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(staging);
        }
    }

    private Socket Connect()
    {
        if (
            _lane.Options.SameMachine != SameMachineTransport.Tcp
            && _peer.LocalSocket is { } name
            && _peer.Machine == LocalSocket.Machine
            && LocalSocket.TryConnect(name, _lane.Options.SocketBuffer) is { } local
        )
            return local;
        var endpoint = new IPEndPoint(
            IPAddress.TryParse(_peer.Host, out var ip) ? ip : Dns.GetHostAddresses(_peer.Host)[0],
            _peer.Port
        );
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendBufferSize = _lane.Options.SocketBuffer,
        };
        socket.Connect(endpoint);
        return socket;
    }

    private static bool IsLocal(Socket socket) => socket.AddressFamily == AddressFamily.Unix;

    private static MemoryReference? ReferenceTo(TensorSlice payload) =>
        MemoryMarshal.TryGetMemoryManager<float, TensorMemory>(payload.Values, out var memory, out var start, out _)
        && memory.File is { } file
            ? new MemoryReference(file.Descriptor, memory.Length, memory.Number, start)
            : null;

    private void Lend(Socket socket, in Outgoing outgoing, in MemoryReference reference)
    {
        lock (_gate)
            _lent.Add(++_sequence, outgoing.Message.Payload);
        Instruments.Sent(sizeof(float) * (long)outgoing.Message.Payload.Length, "shared-memory");
        socket.SendAll(_headers.Write(outgoing, TransferForm.Reference, _sequence, reference));
    }

    private int LentCount()
    {
        lock (_gate)
            return _lent.Count;
    }

    private void Copy(Socket socket, in Outgoing outgoing, ushort[] staging)
    {
        var payload = outgoing.Message.Payload;
        try
        {
            if (!_credit!.Acquire(sizeof(float) * (long)payload.Length))
                return;
            var values = payload.Values.Span;
            Instruments.Sent(
                (payload.Type == TransferDType.F32 ? sizeof(float) : sizeof(ushort)) * (long)payload.Length,
                IsLocal(socket) ? "unix" : "tcp"
            );
            if (payload.Type == TransferDType.F32)
            {
                // The payload's beginning is sent with the header: a separate header would wake the receiver for
                // nothing.
                var first = values[..Math.Min(FloatsWithHeader, values.Length)];
                socket.SendAll(
                    _headers.Write(outgoing, TransferForm.F32, ++_sequence, null, MemoryMarshal.AsBytes(first))
                );
                socket.SendAll(values[first.Length..]);
                return;
            }
            socket.SendAll(_headers.Write(outgoing, (TransferForm)payload.Type, ++_sequence));
            for (; values.Length > 0; values = values[Math.Min(ChunkLength, values.Length)..])
            {
                var narrow = staging.AsSpan(0, Math.Min(ChunkLength, values.Length));
                Narrowing.Narrow(payload.Type, values[..narrow.Length], narrow);
                socket.SendAll(MemoryMarshal.AsBytes(narrow));
            }
        }
        finally
        {
            payload.Release();
        }
    }

    private void ReadNotices(Socket socket)
    {
        Span<byte> bytes = stackalloc byte[LaneNotice.Size];
        while (true)
        {
            socket.ReceiveAll(bytes);
            var notice = LaneNotice.Read(bytes);
            if (notice.Kind == NoticeKind.Credit)
                _credit!.Return(notice.Value);
            else
                ReleaseLent((uint)notice.Value);
        }
    }

    private void ReleaseLent(uint sequence)
    {
        TensorSlice? slice;
        lock (_gate)
            _lent.Remove(sequence, out slice);
        if (slice is null)
            throw new LaneViolationException($"message {sequence} was reported as read, but was not lent");
        slice.Release();
    }
}
