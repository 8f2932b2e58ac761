using Akka.Actor;

namespace ActorTrain.Lane;

/// <summary>
/// The tensor lane: actors send and receive messages as usual, by reference within the process, by memory that two
/// processes share, or through a socket between two machines.
/// </summary>
internal interface ITensorLane
{
    /// <summary>
    /// Sends a message to an actor on any node of the cluster. At most once, in order between two nodes: the actor that
    /// waits for an answer sends again when it receives <see cref="LaneProtocol.Broken"/>, or before. Returns at once.
    /// </summary>
    /// <param name="target">The receiver, on this or another node.</param>
    /// <param name="message">The message. The lane releases its payload after writing it to a socket; otherwise the
    /// receiver does.</param>
    /// <param name="sender">The actor that gets the answer.</param>
    void Tell(IActorRef target, ITensorMessage message, IActorRef sender);

    /// <summary>
    /// Lets an actor of this node receive payloads of the lengths given, and no others: a connection that sends another
    /// length is closed before memory is allocated. The actor also receives <see cref="LaneProtocol.Broken"/>. Ends
    /// when the result is disposed.
    /// </summary>
    IDisposable Admit(IActorRef receiver, IReadOnlySet<int> lengths);

    /// <summary>Memory for tensors to send: the lane copies them only where it must.</summary>
    TensorPool Memory { get; }

    /// <summary>
    /// Returns cached memory to the system while this node does not train, also the runtime's own and this process's
    /// mappings of other processes' memory.
    /// </summary>
    void GiveBack() { }
}
