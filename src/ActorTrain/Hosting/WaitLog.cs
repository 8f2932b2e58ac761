namespace ActorTrain.Hosting;

/// <summary>
/// Decides when it is said what a node waits for: each reason once it has held for some seconds, and the first of a
/// wait also where reasons come and go. So what passes by itself is not said, and no wait is silent.
/// </summary>
internal sealed class WaitLog
{
    /// <summary>Time that passes before a wait is spoken of.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private TimeSpan _waitsSince;
    private TimeSpan _reasonSince;
    private string? _reason;
    private string? _told;

    /// <summary>How long the node has waited, for whatever.</summary>
    public TimeSpan Waited(TimeSpan now) => _reason is null ? TimeSpan.Zero : now - _waitsSince;

    /// <summary>Takes what the node waits for now.</summary>
    /// <param name="now">The time, on a clock that only goes forward.</param>
    /// <param name="reason">The reason; null while it waits for nothing.</param>
    /// <returns>What is to be said now; null for nothing.</returns>
    public string? Due(TimeSpan now, string? reason)
    {
        if (reason is null)
        {
            (_reason, _told) = (null, null);
            return null;
        }
        if (_reason is null)
            _waitsSince = now;
        if (reason != _reason)
            (_reason, _reasonSince) = (reason, now);
        var since = _told is null ? _waitsSince : _reasonSince;
        return reason == _told || now - since < Patience ? null : _told = reason;
    }
}
