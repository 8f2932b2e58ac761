using ActorTrain.Protocol;

namespace ActorTrain.Coordinator;

/// <summary>
/// Decides which node's checkpoint an interrupted job goes on from: the one with most samples, and of equal ones the
/// coordinator's own. Where its own node has not said what it has, that is not covered up by an older one of another.
/// </summary>
internal static class CheckpointChoice
{
    /// <summary>The node whose checkpoint is to be fetched; null where the own disk is to be read.</summary>
    /// <param name="held">What the nodes that have answered have; null for nothing.</param>
    /// <param name="own">The coordinator's own node.</param>
    public static T? ToFetch<T>(IReadOnlyDictionary<T, CheckpointProtocol.HeldCheckpoint?> held, T own)
        where T : class
    {
        if (!held.TryGetValue(own, out var here))
            return null;
        var newest = held.MaxBy(node => SamplesOf(node.Value));
        return SamplesOf(newest.Value) > SamplesOf(here) ? newest.Key : null;
    }

    private static long SamplesOf(CheckpointProtocol.HeldCheckpoint? checkpoint) => checkpoint?.Samples ?? -1;
}
