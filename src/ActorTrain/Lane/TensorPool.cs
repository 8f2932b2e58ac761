namespace ActorTrain.Lane;

/// <summary>
/// Memory for tensors, used again: a job has few lengths and asks for each of them at every step. Safe for any thread.
/// </summary>
/// <param name="shared">Whether other processes of this machine are to read it where it lies.</param>
/// <param name="keep">Free bytes kept at most.</param>
public sealed class TensorPool(bool shared, long keep)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Stack<TensorMemory>> _free = [];
    private long _freeBytes;
    private bool _closed;

    /// <summary>How often new memory was needed.</summary>
    public int Allocated { get; private set; }

    /// <summary>Memory of a length, with any contents.</summary>
    public TensorBuffer Rent(int length) => new(this, Take(length));

    /// <summary>Memory without an owner that counts; goes back by <see cref="Return"/>.</summary>
    internal TensorMemory Take(int length)
    {
        lock (_gate)
        {
            if (_free.TryGetValue(length, out var free) && free.TryPop(out var memory))
            {
                _freeBytes -= memory.Bytes;
                return memory;
            }
            Allocated++;
        }
        return TensorMemory.Allocate(length, shared);
    }

    /// <summary>Gives back what is free, and from now on whatever is returned.</summary>
    internal void Close()
    {
        lock (_gate)
            _closed = true;
        GiveBack();
    }

    /// <summary>Gives back what is free.</summary>
    internal void GiveBack()
    {
        lock (_gate)
        {
            foreach (var memory in _free.Values.SelectMany(free => free))
                memory.Free();
            _free.Clear();
            _freeBytes = 0;
        }
    }

    internal void Return(TensorMemory memory)
    {
        lock (_gate)
        {
            if (!_closed && _freeBytes + memory.Bytes <= keep)
            {
                if (!_free.TryGetValue(memory.Length, out var free))
                    _free.Add(memory.Length, free = new());
                free.Push(memory);
                _freeBytes += memory.Bytes;
                return;
            }
        }
        memory.Free();
    }
}
