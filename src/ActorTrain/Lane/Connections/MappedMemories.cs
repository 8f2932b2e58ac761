using ActorTrain.Sentences;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// Memory of another process, mapped once and kept: a job sends from the same few memories at every step. Of the
/// mappings without readers, only the most recent are kept.
/// </summary>
/// <param name="process">The process.</param>
internal sealed class MappedMemories(int process)
{
    private const int MaxIdle = 128;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Mapping> _mappings = [];
    private readonly LinkedList<Mapping> _idle = [];
    private bool _closed;

    /// <summary>A mapping; a reader returns it after reading.</summary>
    public sealed class Mapping
    {
        internal Mapping(TensorMemory memory, long number) =>
            (Memory, Number, Place) = (memory, number, new LinkedListNode<Mapping>(this));

        public TensorMemory Memory { get; }

        internal long Number { get; }

        internal int Readers { get; set; }

        internal LinkedListNode<Mapping> Place { get; }
    }

    /// <summary>The memory that a reference names.</summary>
    /// <exception cref="LaneViolationException">It cannot be mapped as announced.</exception>
    public Mapping Acquire(in MemoryReference reference)
    {
        lock (_gate)
        {
            if (!_mappings.TryGetValue(reference.Number, out var mapping))
                _mappings.Add(reference.Number, mapping = Map(reference));
            if (mapping.Memory.Length != reference.Length)
                throw new LaneViolationException(
                    $"memory {reference.Number} has {mapping.Memory.Length} floats, and not {reference.Length}"
                );
            if (mapping.Readers++ == 0 && mapping.Place.List is not null)
                _idle.Remove(mapping.Place);
            return mapping;
        }
    }

    /// <summary>A reader of a mapping has finished.</summary>
    public void Return(Mapping mapping)
    {
        lock (_gate)
        {
            if (--mapping.Readers > 0)
                return;
            _idle.AddLast(mapping.Place);
            while (_idle.Count > (_closed ? 0 : MaxIdle))
                Unmap(_idle.First!.Value);
        }
    }

    /// <summary>The connection has ended: from now on, only mappings with readers are kept.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;
        GiveBack();
    }

    /// <summary>Unmaps everything without readers. A later reference maps it again.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            while (_idle.First is { } idle)
                Unmap(idle.Value);
        }
    }

    private void Unmap(Mapping mapping)
    {
        _idle.Remove(mapping.Place);
        _mappings.Remove(mapping.Number);
        mapping.Memory.Free();
    }

    private Mapping Map(in MemoryReference reference)
    {
        try
        {
            return new Mapping(
                TensorMemory.Map(SharedFile.Open(process, reference.Descriptor), reference.Length),
                reference.Number
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LaneViolationException($"shared memory cannot be read: {failure.AsClause()}");
        }
    }
}
