using Akka.Actor;

namespace ActorTrain.Lane;

/// <summary>
/// The road that tensors travel: actors send and receive messages as ever, and do not know whether a message went by
/// reference within the process, by memory that two processes share, or through a socket between two machines.
/// </summary>
public interface ITensorLane
{
    /// <summary>
    /// Sends a message to an actor on any node of the cluster. At most once, in order between two nodes: what is lost
    /// with a connection is sent again by whoever waits for the answer, at the latest when it hears
    /// <see cref="LaneProtocol.Broken"/>. Returns at once.
    /// </summary>
    /// <param name="target">The receiver; its path may be of another node.</param>
    /// <param name="message">The message. Its payload is released by the lane after it was written to a socket, by the
    /// receiver otherwise.</param>
    /// <param name="sender">Who is to be answered.</param>
    void Tell(IActorRef target, ITensorMessage message, IActorRef sender);

    /// <summary>
    /// Lets an actor of this node receive payloads of the lengths given, and no others: a connection that brings
    /// another length is closed before memory is taken. The actor hears <see cref="LaneProtocol.Broken"/>, too. Ends
    /// when the result is disposed.
    /// </summary>
    IDisposable Admit(IActorRef receiver, IReadOnlySet<int> lengths);

    /// <summary>
    /// Memory to write tensors into that are sent from where they lie: the lane copies them only where it must.
    /// </summary>
    TensorPool Memory { get; }

    /// <summary>
    /// Nothing is trained on this node for now: memory that is kept because the next message may need it goes back to
    /// the system, the runtime's own and this process's views of other processes' memory among it.
    /// </summary>
    void GiveBack() { }
}
