using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using ActorTrain.Parameters;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// A connection from another node: reads messages, checks every length before it allocates memory, delivers them, and
/// reports what was read.
/// </summary>
/// <param name="socket">The connection.</param>
/// <param name="handshake">Its handshake.</param>
/// <param name="lane">The lane that it belongs to.</param>
internal sealed class ReceivingConnection(Socket socket, Handshake handshake, TensorLane lane) : IDisposable
{
    private const int ChunkLength = 64 * 1024;
    private readonly byte[] _head = new byte[FrameHeader.Size];
    private readonly byte[] _text = new byte[ushort.MaxValue];
    private readonly Dictionary<ushort, Route> _routes = [];
    private readonly Lock _writing = new();
    private readonly HeaderReader _reader = new(lane.Messages);
    private MappedMemories? _mapped;
    private uint _sequence;
    private long _unread;

    private sealed record Route(string Target, IActorRef Receiver, IActorRef? Sender);

    /// <summary>The node that connected.</summary>
    public Address Node => handshake.Node;

    /// <summary>Receives until the connection or the node ends.</summary>
    /// <exception cref="LaneViolationException">The other side sent something that is not allowed.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    /// <exception cref="SocketException">The connection broke.</exception>
    public void Run()
    {
        var shares =
            lane.Options.SameMachine == SameMachineTransport.SharedMemory
            && handshake.Probe is { } challenge
            && MemoryProbe.CanMap(handshake.Process, challenge);
        if (shares)
            _mapped = new MappedMemories(handshake.Process);
        socket.SendAll(new Welcome(shares, lane.Options.InFlight).ToBytes());
        while (true)
            ReceiveMessage();
    }

    /// <summary>The node is idle: unmaps the other process's memory, except where it is being read.</summary>
    public void GiveBack() => _mapped?.GiveBack();

    public void Dispose()
    {
        lane.Ended(this);
        _mapped?.Close();
    }

    private void ReceiveMessage()
    {
        socket.ReceiveAll(_head);
        var frame = FrameHeader.Read(_head);
        var header = _text.AsSpan(0, frame.HeaderLength);
        socket.ReceiveAll(header);
        if (frame.Kind == FrameHeader.RouteKind)
        {
            Name(frame.Route, Encoding.UTF8.GetString(header));
            return;
        }
        if (frame.Sequence != ++_sequence)
            throw new LaneViolationException($"message {frame.Sequence} came where {_sequence} was due");
        if (!_routes.TryGetValue(frame.Route, out var route))
            throw new LaneViolationException($"a message came by route {frame.Route}, which has no name");
        var admitted = lane.Admissions.Allows(route.Target, frame.PayloadLength);
        if (admitted == false)
            throw new LaneViolationException(
                $"a payload of {frame.PayloadLength} floats came for {route.Target}, which has no tensor of that length"
            );

        var message =
            frame.Form == TransferForm.Reference ? ReceiveReference(frame, _text.AsSpan(frame.HeaderLength))
            : admitted is null ? Skip(frame)
            : ReceiveCopy(frame);
        if (message is null)
            return;
        if (admitted is null)
            message.Payload.Release();
        else
            route.Receiver.Tell(message, route.Sender);
    }

    private void Name(ushort number, string text)
    {
        if (text.Split('\n') is not [{ Length: > 0 } target, var sender])
            throw new LaneViolationException("a route's name is invalid");
        _routes[number] = new Route(
            target,
            lane.Resolve(target),
            sender.Length == 0 ? ActorRefs.NoSender : lane.Resolve(sender)
        );
    }

    private ITensorMessage ReceiveReference(in FrameHeader frame, Span<byte> space)
    {
        if (_mapped is null)
            throw new LaneViolationException("a reference came to memory that is not shared");
        if (space.Length < MemoryReference.Size)
            throw new LaneViolationException($"a message's header has {Plural.Format(frame.HeaderLength, "byte")}");
        socket.ReceiveAll(space[..MemoryReference.Size]);
        var reference = MemoryReference.Read(space, frame.PayloadLength);
        var mapping = _mapped.Acquire(reference);
        var payload = new TensorSlice(
            ((ReadOnlyMemory<float>)mapping.Memory.Memory).Slice(reference.Start, frame.PayloadLength),
            new Borrowed(this, mapping, frame.Sequence),
            TransferDType.F32
        );
        return MessageOf(frame, payload);
    }

    private ITensorMessage ReceiveCopy(in FrameHeader frame)
    {
        var bytes = sizeof(float) * (long)frame.PayloadLength;
        if (Volatile.Read(ref _unread) is > 0 and var unread && unread + bytes > lane.Options.InFlight)
            throw new LaneViolationException(
                $"{Plural.Format(bytes, "byte")} came where {Plural.Number(lane.Options.InFlight - unread)} may"
            );
        var memory = lane.Memory.RentMemory(frame.PayloadLength);
        Interlocked.Add(ref _unread, bytes);
        lane.CountUnreleased(bytes);
        var payload = new TensorSlice(
            memory.Memory[..frame.PayloadLength],
            new Copied(this, memory),
            (TransferDType)frame.Form
        );
        try
        {
            Fill(memory.GetSpan()[..frame.PayloadLength], payload.Type);
        }
        catch
        {
            payload.Release();
            throw;
        }
        return MessageOf(frame, payload);
    }

    private void Fill(Span<float> values, TransferDType type)
    {
        if (type == TransferDType.F32)
        {
            socket.ReceiveAll(values);
            return;
        }
        var staging = ArrayPool<ushort>.Shared.Rent(ChunkLength);
        try
        {
            for (; values.Length > 0; values = values[Math.Min(ChunkLength, values.Length)..])
            {
                var narrow = staging.AsSpan(0, Math.Min(ChunkLength, values.Length));
                socket.ReceiveAll(MemoryMarshal.AsBytes(narrow));
                Narrowing.Widen(type, narrow, values[..narrow.Length]);
            }
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(staging);
        }
    }

    private ITensorMessage MessageOf(in FrameHeader frame, TensorSlice payload)
    {
        try
        {
            return _reader.Read(frame.Kind, _text.AsSpan(0, frame.HeaderLength), payload);
        }
        catch
        {
            payload.Release();
            throw;
        }
    }

    // The receiving actor has ended; the connection goes on.
    private ITensorMessage? Skip(in FrameHeader frame)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            var size = Narrowing.SizeOf((TransferDType)frame.Form);
            for (var bytes = size * (long)frame.PayloadLength; bytes > 0; bytes -= Math.Min(bytes, scratch.Length))
                socket.ReceiveAll(scratch.AsSpan(0, (int)Math.Min(bytes, scratch.Length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
        Send(new LaneNotice(NoticeKind.Credit, sizeof(float) * (long)frame.PayloadLength));
        return null;
    }

    private void Send(LaneNotice notice)
    {
        Span<byte> bytes = stackalloc byte[LaneNotice.Size];
        notice.Write(bytes);
        try
        {
            lock (_writing)
                socket.SendAll(bytes);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The connection has ended, as its own thread will notice: the notice is not needed any more.
        }
    }

    private sealed class Copied(ReceivingConnection connection, TensorMemory memory) : ITensorOwner
    {
        public void Released()
        {
            var bytes = sizeof(float) * (long)memory.Length;
            connection.Lane.Memory.Return(memory);
            connection.Lane.CountUnreleased(-bytes);
            Interlocked.Add(ref connection._unread, -bytes);
            connection.Send(new LaneNotice(NoticeKind.Credit, bytes));
        }
    }

    private sealed class Borrowed(ReceivingConnection connection, MappedMemories.Mapping mapping, uint sequence)
        : ITensorOwner
    {
        public void Released()
        {
            connection._mapped!.Return(mapping);
            connection.Send(new LaneNotice(NoticeKind.Read, sequence));
        }
    }

    private TensorLane Lane => lane;
}
