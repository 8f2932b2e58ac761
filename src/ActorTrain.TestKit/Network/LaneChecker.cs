using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.TestKit.Network;

/// <summary>
/// Reads the replies of shards, and records violations: a version that goes back, or a sample that is applied twice.
/// </summary>
internal sealed class LaneChecker
{
    private readonly Dictionary<IActorRef, long> _versions = [];
    private readonly Dictionary<(IActorRef Shard, int Epoch), PositionSet> _applied = [];
    private readonly Dictionary<IActorRef, int> _indices = [];
    private readonly List<string> _violations = [];

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>
    /// Number of samples that each shard said it had applied, by its number: several where it was restored.
    /// </summary>
    public ILookup<int, long> Acknowledged =>
        _applied
            .GroupBy(applied => applied.Key.Shard)
            .ToLookup(shard => _indices[shard.Key], shard => shard.Sum(applied => (long)applied.Value.Count));

    public void Read(ITensorMessage message, IActorRef shard)
    {
        switch (message)
        {
            case ShardProtocol.Pulled { Epoch: 0 } pulled:
                CheckVersion(shard, pulled.Shard, pulled.Version);
                break;
            case ShardProtocol.Pushed pushed:
                CheckVersion(shard, pushed.Shard, pushed.Version);
                if (pushed.Verdict.Kind == VerdictKind.Applied)
                    CheckApplied(shard, pushed.Shard, pushed.Part);
                break;
        }
    }

    private void CheckVersion(IActorRef shard, int index, long version)
    {
        if (_versions.TryGetValue(shard, out var before) && version < before)
            _violations.Add($"shard {index} went back from version {before} to {version}");
        _versions[shard] = version;
    }

    private void CheckApplied(IActorRef shard, int index, SampleRange part)
    {
        _indices[shard] = index;
        if (!_applied.TryGetValue((shard, part.Epoch), out var applied))
            _applied.Add((shard, part.Epoch), applied = new PositionSet());
        if (applied.OverlapWith(part.Start, part.End) == Overlap.None)
            applied.Add(part.Start, part.End);
        else
            _violations.Add($"shard {index} applied {part} twice");
    }
}
