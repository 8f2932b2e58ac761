using ActorTrain.Lane;
using Akka.Actor;

namespace ActorTrain.TestKit.Network;

/// <summary>Reads what is sent on the simulated lane, and keeps nothing of it that has to be released.</summary>
internal interface ILaneReader
{
    /// <summary>Something is sent. Its payload may be read now, and not later.</summary>
    /// <param name="now">Time since the simulation began.</param>
    /// <param name="message">What.</param>
    /// <param name="sender">Who sends it.</param>
    void Read(TimeSpan now, ITensorMessage message, IActorRef sender);
}
