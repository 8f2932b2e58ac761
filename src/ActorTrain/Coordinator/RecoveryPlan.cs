using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Decides from what each shard of a job goes on after a node was lost: from itself where it lives, or else from the
/// newest snapshot of its standby. A restored shard is older than the others, and what it lacks is trained again. The
/// shards of a synchronous job must all be at the same step, so that all are restored where one is lost: from the
/// newest snapshot that every standby has.
/// </summary>
internal static class RecoveryPlan
{
    /// <summary>What a shard, or the buffers, go on from.</summary>
    /// <param name="Shard">The shard's number, or <see cref="StandbyProtocol.Buffers"/>.</param>
    /// <param name="Node">The node that has it.</param>
    /// <param name="Actor">The shard; null where it is to be restored.</param>
    /// <param name="Snapshot">The snapshot that it is restored from; null where it lives.</param>
    public sealed record Source(int Shard, string Node, IActorRef? Actor, ServerProtocol.HeldSnapshot? Snapshot);

    /// <summary>A decision.</summary>
    /// <param name="Sources">What each shard and the buffers go on from, in order; null while it waits or is
    /// lost. Buffers that no node has are not in it.</param>
    /// <param name="Lost">Why the job is lost, as a clause; null where it is not.</param>
    public sealed record Decision(IReadOnlyList<Source>? Sources, string? Lost = null)
    {
        /// <summary>Other nodes may have what is missing.</summary>
        public static Decision Wait { get; } = new((IReadOnlyList<Source>?)null);
    }

    /// <param name="nodes">The node that each shard was on.</param>
    /// <param name="areAlike">Whether all shards must be at the same step.</param>
    /// <param name="held">What each node has of the job.</param>
    /// <param name="hasBuffers">Whether the model has buffers.</param>
    /// <param name="isAnyAwaited">Whether a node that may have something has not answered.</param>
    public static Decision Decide(
        IReadOnlyList<string> nodes,
        bool areAlike,
        IReadOnlyDictionary<string, ServerProtocol.Held> held,
        bool hasBuffers,
        bool isAnyAwaited
    )
    {
        var livingBuffers = Living(StandbyProtocol.Buffers, held);
        var buffers = livingBuffers ?? Newest(StandbyProtocol.Buffers, held);
        var living = nodes.Select((_, shard) => Living(shard, held)).ToList();
        var areComplete = living.TrueForAll(shard => shard is not null);
        if (isAnyAwaited && hasBuffers && livingBuffers is null)
            return Decision.Wait;
        if (areComplete && (!areAlike || AreOfOneGeneration(held, living)))
            return GoOn(living!);
        if (isAnyAwaited)
            return Decision.Wait;
        if (areAlike)
            return NewestOfAll(nodes, held) is { } same
                ? GoOn(same)
                : Lost(living.FindIndex(shard => shard is null), "no step of which every shard has a copy");
        var sources = living.Select((shard, index) => shard ?? Newest(index, held)).ToList();
        var lost = sources.FindIndex(source => source is null);
        return lost < 0 ? GoOn(sources!) : Lost(lost, "no other node has a copy");

        Decision GoOn(IReadOnlyList<Source> shards) => new([.. shards, .. buffers is null ? [] : new[] { buffers }]);

        Decision Lost(int shard, string reason) =>
            new(null, $"the server node {nodes[Math.Max(0, shard)]} is lost with shard {Math.Max(0, shard)}: {reason}");
    }

    /// <summary>The number of the newest copies of one place that all shards have on another node; 0 for
    /// none.</summary>
    /// <param name="nodes">The node that each shard is on.</param>
    /// <param name="held">What each node has of the job.</param>
    public static long NewestAlike(
        IReadOnlyList<string> nodes,
        IReadOnlyDictionary<string, ServerProtocol.Held> held
    ) => NewestOfAll(nodes, held, elsewhere: true)?[0].Snapshot!.Number ?? 0;

    private static Source? Living(int shard, IReadOnlyDictionary<string, ServerProtocol.Held> held) =>
        held.SelectMany(node =>
                node.Value.Shards.Where(living => living.Shard == shard).Select(living => (Node: node.Key, living))
            )
            .OrderByDescending(living => living.living.Generation)
            .Select(living => new Source(shard, living.Node, living.living.Actor, null))
            .FirstOrDefault();

    private static IEnumerable<Source> Snapshots(int shard, IReadOnlyDictionary<string, ServerProtocol.Held> held) =>
        held.SelectMany(node =>
                node.Value.Snapshots.Where(snapshot => snapshot.Shard == shard)
                    .Select(snapshot => new Source(shard, node.Key, null, snapshot))
            )
            .OrderByDescending(source => source.Snapshot!.Number);

    private static Source? Newest(int shard, IReadOnlyDictionary<string, ServerProtocol.Held> held) =>
        Snapshots(shard, held).FirstOrDefault();

    private static List<Source>? NewestOfAll(
        IReadOnlyList<string> nodes,
        IReadOnlyDictionary<string, ServerProtocol.Held> held,
        bool elsewhere = false
    )
    {
        var all = nodes
            .Select((node, shard) => Snapshots(shard, held).Where(source => !elsewhere || source.Node != node).ToList())
            .ToList();
        foreach (var first in all[0])
        {
            var same = all.Select(snapshots => snapshots.Find(source => AreAlike(source.Snapshot!, first.Snapshot!)))
                .ToList();
            if (same.TrueForAll(source => source is not null))
                return same.ConvertAll(source => source!);
        }
        return null;
    }

    private static bool AreAlike(ServerProtocol.HeldSnapshot one, ServerProtocol.HeldSnapshot other) =>
        one.Number == other.Number
        && one.CompleteEpochs == other.CompleteEpochs
        && one.Applied.SequenceEqual(other.Applied);

    private static bool AreOfOneGeneration(
        IReadOnlyDictionary<string, ServerProtocol.Held> held,
        IEnumerable<Source?> living
    )
    {
        var generations = held
            .Values.SelectMany(node => node.Shards)
            .ToDictionary(shard => shard.Actor, shard => shard.Generation);
        return living.Select(source => generations[source!.Actor!]).Distinct().Count() == 1;
    }
}
