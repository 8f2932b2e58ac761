using System.Collections.Concurrent;

namespace ActorTrain.Lane;

/// <summary>A message on its way to another node.</summary>
/// <param name="Target">Path of the receiver, with its address.</param>
/// <param name="Sender">Path of who is to be answered, with its address; empty for nobody.</param>
/// <param name="Message">The message.</param>
internal readonly record struct Outgoing(string Target, string Sender, ITensorMessage Message);

/// <summary>
/// What waits to be sent to one node, bounded in bytes: beyond the bound a message is refused, so that a slow node never makes this
/// one's memory grow. Outlives the connections that empty it.
/// </summary>
internal sealed class OutgoingQueue(long inFlight) : IDisposable
{
    private readonly BlockingCollection<Outgoing> _queue = [];
    private long _bytes;

    /// <summary>Adds a message; false when it would pass the bound. One message always fits.</summary>
    public bool TryAdd(in Outgoing outgoing)
    {
        var bytes = BytesOf(outgoing);
        if (Interlocked.Add(ref _bytes, bytes) > Math.Max(inFlight, bytes))
        {
            Interlocked.Add(ref _bytes, -bytes);
            return false;
        }
        _queue.Add(outgoing);
        return true;
    }

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _queue.Count == 0;

    /// <summary>Waits for the next message; false when none came in time.</summary>
    public bool TryTake(TimeSpan patience, CancellationToken cancellation, out Outgoing outgoing) =>
        _queue.TryTake(out outgoing, (int)patience.TotalMilliseconds, cancellation);

    /// <summary>The message that was taken is sent or lost: it counts no more.</summary>
    public void Finished(in Outgoing outgoing)
    {
        Interlocked.Add(ref _bytes, -BytesOf(outgoing));
        outgoing.Message.Payload.Release();
    }

    /// <summary>Throws away what waits; whoever waits for an answer to it will send again.</summary>
    public int Discard()
    {
        var discarded = 0;
        for (; _queue.TryTake(out var outgoing); discarded++) Finished(outgoing);
        return discarded;
    }

    public void Dispose()
    {
        Discard();
        _queue.Dispose();
    }

    private static long BytesOf(in Outgoing outgoing) => sizeof(float) * (long)outgoing.Message.Payload.Length;
}
