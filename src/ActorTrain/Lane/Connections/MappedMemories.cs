using ActorTrain.Sentences;

namespace ActorTrain.Lane.Connections;

/// <summary>
/// Memory of another process, mapped once and kept while it is in use: a job sends from the same few places at every
/// step. Of what nobody reads any more, the most recent is kept.
/// </summary>
/// <param name="process">The process.</param>
internal sealed class MappedMemories(int process)
{
    private const int Kept = 128;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Mapping> _mappings = [];
    private readonly LinkedList<Mapping> _idle = [];
    private bool _closed;

    /// <summary>A mapping; whoever took it says when it has read it.</summary>
    public sealed class Mapping
    {
        internal Mapping(TensorMemory memory, long number) =>
            (Memory, Number, Place) = (memory, number, new LinkedListNode<Mapping>(this));

        public TensorMemory Memory { get; }

        internal long Number { get; }

        internal int Readers { get; set; }

        internal LinkedListNode<Mapping> Place { get; }
    }

    /// <summary>The memory that a reference speaks of.</summary>
    /// <exception cref="LaneViolationException">It cannot be mapped as said.</exception>
    public Mapping Take(in MemoryReference reference)
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
            while (_idle.Count > (_closed ? 0 : Kept))
                Forget(_idle.First!.Value);
        }
    }

    /// <summary>The connection has ended: nothing is kept but what is still being read, now and from now on.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;
        GiveBack();
    }

    /// <summary>Keeps nothing but what is still being read. What is spoken of again is mapped again.</summary>
    public void GiveBack()
    {
        lock (_gate)
        {
            while (_idle.First is { } idle)
                Forget(idle.Value);
        }
    }

    private void Forget(Mapping mapping)
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
