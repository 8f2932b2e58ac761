namespace ActorTrain.Lane;

/// <summary>
/// Bounds the bytes that were received and not yet read by their actors: beyond it the lane stops receiving, and the sender's system
/// holds the rest back. A single message larger than the bound passes alone.
/// </summary>
internal sealed class ByteBudget(long limit)
{
    private readonly object _lock = new();
    private long _used;
    private bool _closed;

    public long Used
    {
        get
        {
            lock (_lock) return _used;
        }
    }

    /// <summary>Waits until the bytes fit.</summary>
    /// <returns>False when the budget was closed meanwhile.</returns>
    public bool Take(long bytes)
    {
        lock (_lock)
        {
            while (!_closed && _used > 0 && _used + bytes > limit) Monitor.Wait(_lock);
            if (_closed) return false;
            _used += bytes;
            return true;
        }
    }

    public void Return(long bytes)
    {
        lock (_lock)
        {
            _used -= bytes;
            Monitor.PulseAll(_lock);
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }
}
