using ActorTrain.Lane;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Time;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace ActorTrain.TestKit.Network;

/// <summary>A message from a node to an actor, that leaves, travels and arrives.</summary>
/// <param name="from">The node that sends.</param>
/// <param name="to">Runs the receiver.</param>
internal abstract class Delivery(SimulatedNode from, SimulatedDispatcher to) : Happening(from)
{
    public SimulatedNode From => Node!;

    public SimulatedNode To => Receiver.Node!;

    /// <summary>Runs the receiver.</summary>
    protected SimulatedDispatcher Receiver => to;

    /// <summary>Size on the wire.</summary>
    public abstract long Bytes { get; }

    /// <summary>It leaves: within the node it is there at once.</summary>
    public override void Happen()
    {
        if (From == To)
            Arrive();
        else
            From.World.Network.Send(this);
    }

    /// <summary>It is there.</summary>
    public abstract void Arrive();
}

/// <summary>A message.</summary>
internal sealed class UserDelivery(SimulatedNode from, SimulatedDispatcher to, ActorCell receiver, Envelope envelope)
    : Delivery(from, to)
{
    private const int Control = 200,
        TensorHeader = 64;

    public override long Bytes =>
        envelope.Message is ITensorMessage { Payload: var payload }
            ? TensorHeader + (long)payload.Length * (payload.Type == PayloadType.F32 ? 4 : 2)
            : Control;

    public override void Arrive() => Receiver.Arrive(receiver, envelope);

    public override void Drop() => Discard(envelope.Message);

    /// <summary>Nobody will receive a message: what it holds of the pool goes back.</summary>
    public static void Discard(object message) => (message as ITensorMessage)?.Payload.Release();
}

/// <summary>A message between the actors' own machinery: who watches whom, and who has ended.</summary>
internal sealed class SystemDelivery(
    SimulatedNode from,
    SimulatedDispatcher to,
    ActorCell receiver,
    SystemMessage message
) : Delivery(from, to)
{
    public override long Bytes => 100;

    public SystemMessage Message => message;

    public override void Arrive()
    {
        To.Watches.Note(message, From);
        Receiver.Arrive(receiver, message);
    }
}
