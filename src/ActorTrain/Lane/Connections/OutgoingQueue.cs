using Akka.Actor;

namespace ActorTrain.Lane.Connections;

/// <summary>A message on its way to another node.</summary>
/// <param name="Target">The receiver.</param>
/// <param name="Sender">The actor that gets the answer.</param>
/// <param name="Message">The message.</param>
internal readonly record struct Outgoing(IActorRef Target, IActorRef Sender, ITensorMessage Message)
{
    public long Bytes => sizeof(float) * (long)Message.Payload.Length;
}

/// <summary>
/// The messages that wait to be sent to one node, bounded in bytes: beyond the bound a message is refused, so that a
/// slow node cannot fill this node's memory. Outlives the connections that empty it.
/// </summary>
internal sealed class OutgoingQueue(long bound)
{
    private readonly object _lock = new();
    private readonly Queue<Outgoing> _queue = [];
    private SendingConnection? _connection;
    private long _bytes;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _queue.Count == 0;
        }
    }

    /// <summary>The connection that empties it; null while there is none.</summary>
    public SendingConnection? Connection => Volatile.Read(ref _connection);

    /// <summary>A connection empties it from now on.</summary>
    public void Attach(SendingConnection connection) => Volatile.Write(ref _connection, connection);

    /// <summary>A connection has ended.</summary>
    public void Detach(SendingConnection connection) => Interlocked.CompareExchange(ref _connection, null, connection);

    /// <summary>Adds a message; false beyond the bound. A single message always fits.</summary>
    public bool TryAdd(in Outgoing outgoing)
    {
        lock (_lock)
        {
            if (_queue.Count > 0 && _bytes + outgoing.Bytes > bound)
                return false;
            _bytes += outgoing.Bytes;
            _queue.Enqueue(outgoing);
            Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>
    /// Waits for a message; false as soon as <paramref name="stopping"/> was canceled and <see cref="Wake"/> called.
    /// </summary>
    public bool Wait(CancellationToken stopping)
    {
        lock (_lock)
        {
            while (!stopping.IsCancellationRequested && _queue.Count == 0)
                Monitor.Wait(_lock);
            return !stopping.IsCancellationRequested;
        }
    }

    /// <summary>The next message, if there is one.</summary>
    public bool TryDequeue(out Outgoing outgoing)
    {
        lock (_lock)
        {
            if (!_queue.TryDequeue(out outgoing))
                return false;
            _bytes -= outgoing.Bytes;
            return true;
        }
    }

    /// <summary>Wakes the thread that waits.</summary>
    public void Wake()
    {
        lock (_lock)
            Monitor.PulseAll(_lock);
    }

    /// <summary>Discards all waiting messages; their senders resend when no answer comes.</summary>
    public int Discard()
    {
        lock (_lock)
        {
            var discarded = _queue.Count;
            while (_queue.TryDequeue(out var outgoing))
                outgoing.Message.Payload.Release();
            _bytes = 0;
            return discarded;
        }
    }
}
