using ActorTrain.Lane;
using Akka.Actor;

namespace ActorTrain.TestKit.Network;

/// <summary>Reads messages on the simulated lane. It must not keep their payloads, which are released.</summary>
internal interface ILaneReader
{
    /// <summary>Reads a message that is sent. Its payload is valid during this call only.</summary>
    /// <param name="now">Time since the simulation began.</param>
    /// <param name="message">The message.</param>
    /// <param name="sender">Its sender.</param>
    void Read(TimeSpan now, ITensorMessage message, IActorRef sender);
}
