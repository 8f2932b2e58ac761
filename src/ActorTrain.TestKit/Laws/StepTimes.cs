using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.TestKit.Network;
using Akka.Actor;

namespace ActorTrain.TestKit.Laws;

/// <summary>The time of the first reply with each version of the weights.</summary>
internal sealed class StepTimes : ILaneReader
{
    private readonly List<TimeSpan> _times = [];

    /// <summary>Versions so far.</summary>
    public int Count => _times.Count;

    /// <summary>Mean time of a step, in seconds, without the first.</summary>
    /// <param name="steps">Number of steps.</param>
    public double Mean(int steps) => (_times[steps] - _times[0]).TotalSeconds / steps;

    /// <inheritdoc/>
    public void Read(TimeSpan now, ITensorMessage message, IActorRef sender)
    {
        if (message is ShardProtocol.Pushed pushed && pushed.Version > _times.Count)
            _times.Add(now);
    }
}
