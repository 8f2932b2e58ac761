namespace ActorTrain.Coordinator;

/// <summary>Follows the shards' counts at the end of a job, until each has reported all that it applies.</summary>
/// <param name="shards">How many shards there are.</param>
/// <param name="first">The first round that began after the last push: an answer to an earlier one may lack it.</param>
internal sealed class FinalCounts(int shards, long first)
{
    private readonly HashSet<int> _awaited = [.. Enumerable.Range(0, shards)];

    /// <summary>A shard has answered a round.</summary>
    /// <returns>Whether this completes the counts.</returns>
    public bool Add(int shard, long round) => round >= first && _awaited.Remove(shard) && _awaited.Count == 0;
}
