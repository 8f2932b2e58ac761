using ActorTrain.Sentences;
using ActorTrain.Telemetry;
using Akka.Event;

namespace ActorTrain.Handshakes;

/// <summary>
/// One port's connections with an incomplete handshake: closes those that are too many, too slow or wrong, and logs few
/// lines about it. Thread-safe.
/// </summary>
/// <typeparam name="T">A connection.</typeparam>
/// <param name="port">The port, as the beginning of a sentence.</param>
/// <param name="options">Their number and time limits.</param>
/// <param name="close">Closes a connection at once; called without holding the lock.</param>
/// <param name="clock">A monotonic clock.</param>
/// <param name="log">Gets the refusals.</param>
internal sealed class HandshakeGate<T>(
    string port,
    HandshakeOptions options,
    Action<T> close,
    Func<TimeSpan> clock,
    ILoggingAdapter log
)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly PendingHandshakes<T> _pending = new(options.AtOnce, options.Timeout);
    private readonly RepeatedLines<ConnectionRefusal, (string From, string Reason)> _refused = new();

    /// <summary>The number of incomplete handshakes.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _pending.Count;
        }
    }

    /// <summary>When to call <see cref="Sweep"/> next; null for never.</summary>
    public TimeSpan? NextSweep
    {
        get
        {
            lock (_lock)
            {
                var (deadline, line) = (_pending.NextDeadline, _refused.NextDue);
                return deadline < line || line is null ? deadline : line;
            }
        }
    }

    /// <summary>A connection was accepted. Another may be closed for it.</summary>
    public void Begin(T connection, string origin, string name)
    {
        PendingHandshakes<T>.Entry? displaced;
        lock (_lock)
            displaced = _pending.Add(connection, origin, name, clock());
        if (displaced is not null)
            Refuse(displaced, ConnectionRefusal.Displaced, TooMany);
    }

    /// <summary>A connection has completed its handshake, or has ended. False if it was closed before.</summary>
    public bool End(T connection)
    {
        lock (_lock)
            return _pending.Remove(connection) is not null;
    }

    /// <summary>A connection sent a wrong handshake, and is closed.</summary>
    public void Refuse(T connection, string reason)
    {
        PendingHandshakes<T>.Entry? wrong;
        lock (_lock)
            wrong = _pending.Remove(connection);
        if (wrong is not null)
            Refuse(wrong, ConnectionRefusal.Wrong, reason);
    }

    /// <summary>The system has no resources for a connection. Closes the oldest to free some.</summary>
    public void ReportNoResources(string reason)
    {
        PendingHandshakes<T>.Entry? oldest;
        lock (_lock)
            oldest = _pending.RemoveOldest();
        if (oldest is not null)
            close(oldest.Connection);
        Log(ConnectionRefusal.NoResources, from: "", reason);
    }

    /// <summary>Closes overdue connections, and logs what is due.</summary>
    public void Sweep()
    {
        while (RemoveOverdue() is { } overdue)
            Refuse(overdue, ConnectionRefusal.Overdue, TooLate);
        LogDue();
    }

    private string TooMany => $"{Plural.Format(options.AtOnce, "newer connection")} had no complete handshake either";

    private string TooLate =>
        $"its handshake was not complete within {Plural.Format(options.Timeout.TotalSeconds, "second")}";

    private PendingHandshakes<T>.Entry? RemoveOverdue()
    {
        lock (_lock)
            return _pending.RemoveOverdue(clock());
    }

    private void Refuse(PendingHandshakes<T>.Entry entry, ConnectionRefusal refusal, string reason)
    {
        close(entry.Connection);
        Log(refusal, entry.Name, reason);
    }

    private void Log(ConnectionRefusal refusal, string from, string reason)
    {
        lock (_lock)
            _refused.Add(refusal, (from, reason));
        LogDue();
    }

    private void LogDue()
    {
        IReadOnlyList<RepeatedLines<ConnectionRefusal, (string From, string Reason)>.Line> lines;
        lock (_lock)
            lines = _refused.Due(clock());
        foreach (var (refusal, (from, reason), times) in lines)
        {
            if (refusal != ConnectionRefusal.NoResources)
                log.ConnectionClosed(port, from, reason, times);
            else
                log.ConnectionNotAccepted(port, reason, times);
        }
    }
}
