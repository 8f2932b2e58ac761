namespace ActorTrain.Handshakes;

/// <summary>
/// The connections of one port that have not said yet who they are: a bounded number, each for a bounded time. Where
/// one more comes than may be, one of those that are there has to go, and not the new one: a peer says who it is
/// within milliseconds, so what has been silent for long is hardly one, and a flood that holds every place for its
/// whole time would lock the peers out. The oldest goes of the origin that has most, so that a flood displaces itself
/// first.
/// </summary>
/// <typeparam name="T">A connection.</typeparam>
/// <param name="atOnce">How many there may be.</param>
/// <param name="timeout">How long each may take.</param>
internal sealed class PendingHandshakes<T>(int atOnce, TimeSpan timeout)
    where T : class
{
    private readonly List<Entry> _oldestFirst = [];
    private readonly Dictionary<string, int> _byOrigin = new(StringComparer.Ordinal);

    /// <param name="Connection">The connection.</param>
    /// <param name="Origin">The machine that it comes from, as far as that can be told.</param>
    /// <param name="Name">What to call it in a log.</param>
    /// <param name="Deadline">When it has to have said who it is.</param>
    public sealed record Entry(T Connection, string Origin, string Name, TimeSpan Deadline);

    public int Count => _oldestFirst.Count;

    /// <summary>When the next one is overdue; null while there is none.</summary>
    public TimeSpan? NextDeadline => _oldestFirst is [var oldest, ..] ? oldest.Deadline : null;

    /// <summary>Adds a connection that was accepted now.</summary>
    /// <returns>The one that has to go for it; null while there is room.</returns>
    public Entry? Add(T connection, string origin, string name, TimeSpan now)
    {
        _oldestFirst.Add(new Entry(connection, origin, name, now + timeout));
        _byOrigin[origin] = _byOrigin.GetValueOrDefault(origin) + 1;
        return Count > atOnce ? TakeOldest() : null;
    }

    /// <summary>
    /// Takes out a connection that has said who it is, or has ended; null where it is not there any more.
    /// </summary>
    public Entry? Take(T connection) =>
        _oldestFirst.FindIndex(entry => ReferenceEquals(entry.Connection, connection)) is >= 0 and var place
            ? TakeAt(place)
            : null;

    /// <summary>Takes out the oldest of the origin that has most; null where there is none.</summary>
    public Entry? TakeOldest()
    {
        if (Count == 0)
            return null;
        var most = _byOrigin.Values.Max();
        return TakeAt(_oldestFirst.FindIndex(entry => _byOrigin[entry.Origin] == most));
    }

    /// <summary>Takes out the next that is overdue; null where none is.</summary>
    public Entry? TakeOverdue(TimeSpan now) => NextDeadline <= now ? TakeAt(0) : null;

    private Entry TakeAt(int place)
    {
        var entry = _oldestFirst[place];
        _oldestFirst.RemoveAt(place);
        if (--_byOrigin[entry.Origin] == 0)
            _byOrigin.Remove(entry.Origin);
        return entry;
    }
}
