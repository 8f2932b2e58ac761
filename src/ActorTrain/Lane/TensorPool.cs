namespace ActorTrain.Lane;

/// <summary>A pool of memory for tensors: a job uses the same few lengths at every step. Thread-safe.</summary>
/// <param name="shared">Whether other processes of this machine can map it.</param>
/// <param name="keep">Most free bytes to keep.</param>
internal sealed class TensorPool(bool shared, long keep)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Stack<TensorMemory>> _free = [];
    private long _freeBytes;
    private bool _closed;

    /// <summary>How often new memory was allocated.</summary>
    public int Allocated { get; private set; }

    /// <summary>Memory of a length, not initialized.</summary>
    public TensorBuffer Rent(int length) => new(this, RentMemory(length));

    /// <summary>Memory without counted readers; returned by <see cref="Return"/>.</summary>
    internal TensorMemory RentMemory(int length)
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

    /// <summary>Frees all unused memory, and from now on all that is returned.</summary>
    internal void Close()
    {
        lock (_gate)
            _closed = true;
        GiveBack();
    }

    /// <summary>Frees all unused memory.</summary>
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
