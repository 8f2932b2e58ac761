using ActorTrain.Sentences;
using Akka.Event;

namespace ActorTrain.Handshakes;

/// <summary>
/// One port's connections that have not said yet who they are: closes those that are too many, take too long or say
/// something wrong, and tells it in few lines. Used from any thread.
/// </summary>
/// <typeparam name="T">A connection.</typeparam>
/// <param name="port">The port, as the beginning of a sentence.</param>
/// <param name="options">How many, and how long.</param>
/// <param name="close">Closes a connection at once; called without a lock.</param>
/// <param name="clock">The time, on a clock that only goes forward.</param>
/// <param name="log">Told what was refused.</param>
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
    private readonly RepeatedLines<ConnectionRefusal> _refused = new();

    /// <summary>How many are at it.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _pending.Count;
        }
    }

    /// <summary>When <see cref="Sweep"/> has something to do; null while it has nothing.</summary>
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

    /// <summary>A connection has said who it is, or has ended. False where it was closed before.</summary>
    public bool End(T connection)
    {
        lock (_lock)
            return _pending.Take(connection) is not null;
    }

    /// <summary>A connection said something wrong, and is closed.</summary>
    public void Refuse(T connection, string reason)
    {
        PendingHandshakes<T>.Entry? wrong;
        lock (_lock)
            wrong = _pending.Take(connection);
        if (wrong is not null)
            Refuse(wrong, ConnectionRefusal.Wrong, reason);
    }

    /// <summary>The system has no means for a connection. The oldest gives its own back.</summary>
    public void Lack(string reason)
    {
        PendingHandshakes<T>.Entry? oldest;
        lock (_lock)
            oldest = _pending.TakeOldest();
        if (oldest is not null)
            close(oldest.Connection);
        Tell(ConnectionRefusal.NoMeans, $"{port} could not take a connection: {reason}");
    }

    /// <summary>Closes what is overdue, and tells what there is to tell.</summary>
    public void Sweep()
    {
        while (TakeOverdue() is { } overdue)
            Refuse(overdue, ConnectionRefusal.Overdue, TooLate);
        Tell();
    }

    private string TooMany => $"{Plural.Of(options.AtOnce, "newer one")} had not said who they are either";

    private string TooLate => $"it had not said who it is within {Plural.Of(options.Timeout.TotalSeconds, "second")}";

    private PendingHandshakes<T>.Entry? TakeOverdue()
    {
        lock (_lock)
            return _pending.TakeOverdue(clock());
    }

    private void Refuse(PendingHandshakes<T>.Entry entry, ConnectionRefusal refusal, string reason)
    {
        close(entry.Connection);
        Tell(refusal, $"{port} closed the connection from {entry.Name}: {reason}");
    }

    private void Tell(ConnectionRefusal refusal, string what)
    {
        lock (_lock)
            _refused.Add(refusal, what);
        Tell();
    }

    private void Tell()
    {
        IReadOnlyList<string> lines;
        lock (_lock)
            lines = _refused.Due(clock());
        foreach (var line in lines)
            log.Warning("{0}", line);
    }
}
