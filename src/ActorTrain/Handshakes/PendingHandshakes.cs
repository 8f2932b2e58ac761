namespace ActorTrain.Handshakes;

/// <summary>
/// The connections of one port with an incomplete handshake: a bounded number, each for a bounded time. Beyond the
/// bound an old connection is removed, and not the new one: a real peer sends its handshake within milliseconds, and a
/// flood that holds every place for the whole time would lock peers out. The oldest of the origin with most connections
/// is removed, so that a flood displaces its own connections first.
/// </summary>
/// <typeparam name="T">A connection.</typeparam>
/// <param name="atOnce">The bound.</param>
/// <param name="timeout">The time limit of each.</param>
internal sealed class PendingHandshakes<T>(int atOnce, TimeSpan timeout)
    where T : class
{
    private readonly List<Entry> _oldestFirst = [];
    private readonly Dictionary<string, int> _byOrigin = new(StringComparer.Ordinal);

    /// <param name="Connection">The connection.</param>
    /// <param name="Origin">The machine that it comes from, as far as it is known.</param>
    /// <param name="Name">Its name in the log.</param>
    /// <param name="Deadline">When its handshake must be complete.</param>
    public sealed record Entry(T Connection, string Origin, string Name, TimeSpan Deadline);

    public int Count => _oldestFirst.Count;

    /// <summary>When the next one is overdue; null when there is none.</summary>
    public TimeSpan? NextDeadline => _oldestFirst is [var oldest, ..] ? oldest.Deadline : null;

    /// <summary>Adds a connection that was accepted now.</summary>
    /// <returns>The connection that was removed for it; null while there is room.</returns>
    public Entry? Add(T connection, string origin, string name, TimeSpan now)
    {
        _oldestFirst.Add(new Entry(connection, origin, name, now + timeout));
        _byOrigin[origin] = _byOrigin.GetValueOrDefault(origin) + 1;
        return Count > atOnce ? RemoveOldest() : null;
    }

    /// <summary>
    /// Removes a connection that has completed its handshake, or has ended; null if it was removed before.
    /// </summary>
    public Entry? Remove(T connection) =>
        _oldestFirst.FindIndex(entry => ReferenceEquals(entry.Connection, connection)) is >= 0 and var place
            ? RemoveAt(place)
            : null;

    /// <summary>Removes the oldest connection of the origin with most; null if there is none.</summary>
    public Entry? RemoveOldest()
    {
        if (Count == 0)
            return null;
        var most = _byOrigin.Values.Max();
        return RemoveAt(_oldestFirst.FindIndex(entry => _byOrigin[entry.Origin] == most));
    }

    /// <summary>Removes the next overdue connection; null if there is none.</summary>
    public Entry? RemoveOverdue(TimeSpan now) => NextDeadline <= now ? RemoveAt(0) : null;

    private Entry RemoveAt(int place)
    {
        var entry = _oldestFirst[place];
        _oldestFirst.RemoveAt(place);
        if (--_byOrigin[entry.Origin] == 0)
            _byOrigin.Remove(entry.Origin);
        return entry;
    }
}
