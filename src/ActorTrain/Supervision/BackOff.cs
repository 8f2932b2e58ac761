namespace ActorTrain.Supervision;

/// <summary>
/// How long to wait before another attempt: doubled each time, up to a limit, and given up in the end.
/// </summary>
/// <param name="first">The first wait.</param>
/// <param name="longest">No wait is longer.</param>
/// <param name="attempts">Attempts after which it is given up.</param>
internal sealed class BackOff(TimeSpan first, TimeSpan longest, int attempts)
{
    private int _failures;

    /// <summary>Whether there is another attempt.</summary>
    public bool HasNext => _failures < attempts;

    /// <summary>The wait before the next attempt; null when it is not worth another.</summary>
    public TimeSpan? Next()
    {
        if (!HasNext)
            return null;
        var wait = first * Math.Pow(2, _failures++);
        return wait < longest ? wait : longest;
    }

    /// <summary>An attempt has succeeded.</summary>
    public void Reset() => _failures = 0;
}
