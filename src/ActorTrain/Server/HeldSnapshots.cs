using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;

namespace ActorTrain.Server;

/// <summary>
/// The snapshots that a standby holds: the one that arrives or has arrived last, and the one before it that every
/// standby of the job has.
/// </summary>
/// <param name="length">Floats of a vector.</param>
/// <param name="memory">Memory for them.</param>
internal sealed class HeldSnapshots(int length, TensorPool memory)
{
    private readonly List<Held> _whole = [];
    private Held? _arriving;
    private long _floats;

    /// <summary>A snapshot.</summary>
    /// <param name="Number">Its number.</param>
    /// <param name="Record">All of it but the vectors.</param>
    /// <param name="Vectors">The vectors.</param>
    public sealed record Held(long Number, SnapshotRecord Record, IReadOnlyList<TensorBuffer> Vectors)
    {
        /// <summary>The vectors, to read; the reader releases them.</summary>
        public IReadOnlyList<TensorSlice> Share() => [.. Vectors.Select(vector => vector.Share(TransferDType.F32))];
    }

    /// <summary>The whole snapshots, the newest last.</summary>
    public IReadOnlyList<Held> Whole => _whole;

    /// <summary>The lengths of the chunks that it receives.</summary>
    public static IReadOnlySet<int> ChunkLengths(int length) =>
        new[] { Math.Min(length, StandbyProtocol.ChunkLength), length % StandbyProtocol.ChunkLength }
            .Where(chunk => chunk > 0)
            .ToHashSet();

    /// <summary>A snapshot begins, in place of all others but one.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="record">All of it but the vectors.</param>
    /// <param name="before">The number of the one that stays; the newest where it is not held.</param>
    /// <returns>Floats of it that have arrived.</returns>
    public long Begin(long number, SnapshotRecord record, long before)
    {
        if (_whole.Find(whole => whole.Number == number) is { } known)
            return FloatsOf(known);
        if (_arriving?.Number == number)
            return _floats;
        Release(_arriving);
        var kept = _whole.Exists(whole => whole.Number == before) ? before : _whole.LastOrDefault()?.Number;
        foreach (var past in _whole.Where(whole => whole.Number != kept).ToList())
        {
            Release(past);
            _whole.Remove(past);
        }
        _floats = 0;
        _arriving = new Held(number, record, [.. Enumerable.Range(0, record.Vectors).Select(_ => memory.Rent(length))]);
        EndIfWhole();
        return 0;
    }

    /// <summary>The next floats of a snapshot; others are ignored.</summary>
    /// <returns>Floats of it that have arrived; null for a snapshot that is not known.</returns>
    public long? Add(long number, long start, ReadOnlySpan<float> floats)
    {
        if (_arriving is not { } arriving || arriving.Number != number)
            return _whole.Find(whole => whole.Number == number) is { } whole ? FloatsOf(whole) : null;
        if (start == _floats)
        {
            floats.CopyTo(arriving.Vectors[(int)(start / length)].Values.Span[(int)(start % length)..]);
            _floats += floats.Length;
            EndIfWhole();
        }
        return _floats;
    }

    public void Release()
    {
        Release(_arriving);
        _whole.ForEach(Release);
        _whole.Clear();
        _arriving = null;
    }

    private void EndIfWhole()
    {
        if (_arriving is not { } arriving || _floats < FloatsOf(arriving))
            return;
        _whole.Add(arriving);
        _arriving = null;
    }

    private long FloatsOf(Held held) => (long)held.Vectors.Count * length;

    private static void Release(Held? held)
    {
        foreach (var vector in held?.Vectors ?? [])
            vector.Release();
    }
}
