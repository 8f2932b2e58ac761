using ActorTrain.Sentences;

namespace ActorTrain.Serialization;

/// <summary>
/// Makes few lines of many refused messages: the first at once, and then one in half a minute at most, which says how
/// many there were. Used from any thread.
/// </summary>
internal sealed class RefusalRate
{
    /// <summary>Time between two lines.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private TimeSpan? _told;
    private long _since;

    /// <summary>Takes a refused message.</summary>
    /// <param name="now">The time, on a clock that only goes forward.</param>
    /// <param name="what">What it was, as a sentence without its full stop.</param>
    /// <returns>The line to be logged now; null for none.</returns>
    public string? Add(TimeSpan now, string what)
    {
        lock (_lock)
        {
            _since++;
            if (now - _told < Interval) return null;
            var line = _since == 1 ? what : $"{what} ({Plural.Number(_since)} times since the last word about it)";
            (_told, _since) = (now, 0);
            return line;
        }
    }
}
