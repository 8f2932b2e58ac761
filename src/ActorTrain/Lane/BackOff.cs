namespace ActorTrain.Lane;

/// <summary>How long to wait before another attempt: doubled each time, up to a limit, and given up in the end.</summary>
internal sealed class BackOff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private const int Attempts = 12;
    private int _failures;

    /// <summary>The wait before the next attempt; null when it is not worth another.</summary>
    public TimeSpan? Next()
    {
        if (_failures >= Attempts) return null;
        var wait = First * Math.Pow(2, _failures++);
        return wait < Longest ? wait : Longest;
    }

    /// <summary>An attempt has succeeded.</summary>
    public void Reset() => _failures = 0;
}
