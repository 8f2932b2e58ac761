namespace ActorTrain.Remedies;

/// <summary>
/// The wait before another attempt: doubled each time up to a limit, for a number of attempts.
/// </summary>
/// <param name="first">The first wait.</param>
/// <param name="longest">The longest wait.</param>
/// <param name="attempts">Number of attempts.</param>
internal sealed class BackOff(TimeSpan first, TimeSpan longest, int attempts)
{
    private int _failures;

    /// <summary>Whether there is another attempt.</summary>
    public bool HasNext => _failures < attempts;

    /// <summary>The wait before the next attempt; null when there is none.</summary>
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
