namespace ActorTrain.Lane.Connections;

/// <summary>
/// Limits the bytes that were sent and not yet read by the receiver's actor to the window that the receiver announced.
/// A single payload larger than that passes alone.
/// </summary>
internal sealed class Credit(long window)
{
    private readonly object _lock = new();
    private long _sent;
    private bool _closed;

    /// <summary>Waits until a payload may be sent.</summary>
    /// <returns>False when the connection has ended meanwhile.</returns>
    public bool Acquire(long bytes)
    {
        lock (_lock)
        {
            while (!_closed && _sent > 0 && _sent + bytes > window)
                Monitor.Wait(_lock);
            _sent += bytes;
            return !_closed;
        }
    }

    /// <summary>The receiver has read this many bytes.</summary>
    public void Return(long bytes)
    {
        lock (_lock)
        {
            _sent -= bytes;
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
