using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Staleness;
using ActorTrain.TestKit.Network;
using Akka.Actor;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// The updates of a job's only shard, read from the lane: the staleness of each, and the weights after it.
/// </summary>
/// <param name="weights">Whether to keep the weights.</param>
internal sealed class UpdateTrace(bool weights) : ILaneReader
{
    private readonly Dictionary<SampleRange, long> _bases = [];
    private readonly List<long> _staleness = [];
    private readonly List<float[]> _weights = [];

    /// <summary>The staleness of each update; update i creates version i + 1.</summary>
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
                $"Version {pushed.Version} followed {Plural.Format(_staleness.Count, "update")}; a trace needs a job "
                    + "with one shard."
            );
        _bases.Remove(pushed.Part, out var computedFrom);
        _staleness.Add(pushed.Version - 1 - computedFrom);
        if (weights)
            _weights.Add(pushed.Payload.Values.ToArray());
    }
}
