using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Server;
using ActorTrain.Staleness;
using Akka.Actor;

namespace ActorTrain.TestKit.Network;

/// <summary>
/// Reads what shards answer, and notes what they must never say: a version that goes back, or a sample that is applied
/// twice.
/// </summary>
internal sealed class LaneWatch
{
    private readonly Dictionary<IActorRef, long> _versions = [];
    private readonly Dictionary<(IActorRef Shard, int Epoch), PositionSet> _applied = [];
    private readonly List<string> _violations = [];

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Samples whose gradients each shard said that it has applied.</summary>
    public IEnumerable<long> Acknowledged =>
        _applied.GroupBy(applied => applied.Key.Shard).Select(shard => shard.Sum(applied => (long)applied.Value.Count));

    public void Read(ITensorMessage message, IActorRef shard)
    {
        switch (message)
        {
            case ShardProtocol.Pulled { Epoch: 0 } pulled:
                Version(shard, pulled.Shard, pulled.Version);
                break;
            case ShardProtocol.Pushed pushed:
                Version(shard, pushed.Shard, pushed.Version);
                if (pushed.Verdict.Kind == VerdictKind.Applied)
                    Applied(shard, pushed.Shard, pushed.Part);
                break;
        }
    }

    private void Version(IActorRef shard, int index, long version)
    {
        if (_versions.TryGetValue(shard, out var before) && version < before)
            _violations.Add($"shard {index} went back from version {before} to {version}");
        _versions[shard] = version;
    }

    private void Applied(IActorRef shard, int index, LeasePart part)
    {
        if (!_applied.TryGetValue((shard, part.Epoch), out var applied))
            _applied.Add((shard, part.Epoch), applied = new PositionSet());
        if (applied.OverlapWith(part.Start, part.End) == Overlap.None)
            applied.Add(part.Start, part.End);
        else
            _violations.Add($"shard {index} applied {part} twice");
    }
}
