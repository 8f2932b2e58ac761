using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Sentences;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.TestKit.Network;
using Akka.Actor;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// The updates of a job's only shard, one by one, as the lane carries them: how stale each was, and the weights after
/// it.
/// </summary>
/// <param name="weights">Whether weights are kept.</param>
internal sealed class UpdateTrace(bool weights) : ILaneReader
{
    private readonly Dictionary<LeasePart, long> _bases = [];
    private readonly List<long> _staleness = [];
    private readonly List<float[]> _weights = [];

    /// <summary>Updates since the version that each was computed from; update i makes version i + 1.</summary>
    public IReadOnlyList<long> Staleness => _staleness;

    /// <summary>The weights by version; empty when they are not kept.</summary>
    public IReadOnlyList<float[]> Weights => _weights;

    /// <inheritdoc/>
    public void Read(TimeSpan now, ITensorMessage message, IActorRef sender)
    {
        switch (message)
        {
            case ShardProtocol.Pulled { Version: 0 } pulled when weights && _weights.Count == 0:
                _weights.Add(pulled.Payload.Values.ToArray());
                break;
            case ShardProtocol.Push push:
                _bases[push.Part] = push.BaseVersion;
                break;
            case ShardProtocol.Pushed { Verdict.Kind: VerdictKind.Applied } pushed:
                Applied(pushed);
                break;
        }
    }

    private void Applied(ShardProtocol.Pushed pushed)
    {
        if (pushed.Version != _staleness.Count + 1)
            throw new InvalidOperationException(
                $"Version {pushed.Version} came after {Plural.Of(_staleness.Count, "update")}; a trace is of one "
                    + "shard."
            );
        _bases.Remove(pushed.Part, out var computedFrom);
        _staleness.Add(pushed.Version - 1 - computedFrom);
        if (weights)
            _weights.Add(pushed.Payload.Values.ToArray());
    }
}
