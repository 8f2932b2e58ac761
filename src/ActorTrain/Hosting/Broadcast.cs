using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ActorTrain.Hosting;

/// <summary>
/// Passes items on to any number of readers. A reader begins with the latest items; one that is slow loses its oldest.
/// </summary>
/// <param name="capacity">Items that are kept for a new reader, and for a slow one.</param>
internal sealed class Broadcast<T>(int capacity) : ChannelWriter<T>
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _latest = [];
    private readonly List<Channel<T>> _readers = [];
    private bool _isComplete;
    private Exception? _error;

    /// <inheritdoc/>
    public override bool TryWrite(T item)
    {
        lock (_lock)
        {
            if (_isComplete)
                return false;
            if (_latest.Count == capacity)
                _latest.Dequeue();
            _latest.Enqueue(item);
            foreach (var reader in _readers)
                reader.Writer.TryWrite(item);
            return true;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return new ValueTask<bool>(!_isComplete);
    }

    /// <inheritdoc/>
    public override bool TryComplete(Exception? error = null)
    {
        lock (_lock)
        {
            if (_isComplete)
                return false;
            (_isComplete, _error) = (true, error);
            foreach (var reader in _readers)
                reader.Writer.TryComplete(error);
            return true;
        }
    }

    /// <summary>The latest items and all that follow, until the end.</summary>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var reader = Subscribe();
        try
        {
            await foreach (var item in reader.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
                yield return item;
        }
        finally
        {
            lock (_lock)
                _readers.Remove(reader);
        }
    }

    private Channel<T> Subscribe()
    {
        var reader = Channel.CreateBounded<T>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest }
        );
        lock (_lock)
        {
            foreach (var item in _latest)
                reader.Writer.TryWrite(item);
            if (_isComplete)
                reader.Writer.Complete(_error);
            else
                _readers.Add(reader);
        }
        return reader;
    }
}
