namespace ActorTrain.Coordinator;

/// <summary>
/// Decides when the shards' counts are requested: one round at a time, since more requests only delay a slow shard.
/// </summary>
internal sealed class CountRounds
{
    // Counts that have not arrived after this are requested again: a message may be lost.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private TimeSpan _begunAt;

    /// <summary>The newest round.</summary>
    public long Current { get; private set; }

    /// <summary>The next round: it counts everything that shards have applied by now.</summary>
    public long Next => Current + 1;

    /// <summary>Whether another round was requested while the newest was under way.</summary>
    public bool IsRequestedAgain { get; private set; }

    /// <summary>Begins the next round, unless one is under way.</summary>
    /// <param name="answered">The newest round that every shard has answered.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    /// <returns>Whether it has begun: then the counts are to be requested.</returns>
    public bool TryBegin(long answered, TimeSpan now)
    {
        IsRequestedAgain = answered < Current && now - _begunAt < Timeout;
        if (IsRequestedAgain)
            return false;
        (_begunAt, Current) = (now, Next);
        return true;
    }
}
