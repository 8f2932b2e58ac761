namespace ActorTrain.Hosting;

/// <summary>
/// Decides when to report what a node waits for: each reason once, after it has lasted for some seconds. The first
/// report of a wait comes even where reasons change. So short waits are not reported, and no long wait is silent.
/// </summary>
internal sealed class WaitLog
{
    /// <summary>Time before a wait is reported.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);

    private TimeSpan _waitsSince;
    private TimeSpan _reasonSince;
    private NodeWait? _reason;
    private NodeWait? _reported;

    /// <summary>How long the node has waited, for any reason.</summary>
    public TimeSpan Waited(TimeSpan now) => _reason is null ? TimeSpan.Zero : now - _waitsSince;

    /// <summary>Updates what the node waits for.</summary>
    /// <param name="now">The time of a monotonic clock.</param>
    /// <param name="reason">The reason; null while it waits for nothing.</param>
    /// <returns>The reason to report now; null for none.</returns>
    public NodeWait? Due(TimeSpan now, NodeWait? reason)
    {
        if (reason is null)
        {
            (_reason, _reported) = (null, null);
            return null;
        }
        if (_reason is null)
            _waitsSince = now;
        if (reason != _reason)
            (_reason, _reasonSince) = (reason, now);
        var since = _reported is null ? _waitsSince : _reasonSince;
        return reason == _reported || now - since < Delay ? null : _reported = reason;
    }
}
