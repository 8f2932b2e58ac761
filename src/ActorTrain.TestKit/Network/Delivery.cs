using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Time;
using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace ActorTrain.TestKit.Network;

/// <summary>A message from a node to an actor.</summary>
/// <param name="from">The sender's node.</param>
/// <param name="to">The receiver's dispatcher.</param>
internal abstract class Delivery(SimulatedNode from, SimulatedDispatcher to) : SimulatedEvent(from)
{
    public SimulatedNode From => Node!;

    public SimulatedNode To => Receiver.Node!;

    /// <summary>The receiver's dispatcher.</summary>
    protected SimulatedDispatcher Receiver => to;

    /// <summary>Size on the wire.</summary>
    public abstract long Bytes { get; }

    /// <summary>Sends it; within a node it arrives at once.</summary>
    public override void Run()
    {
        if (From == To)
            Arrive();
        else
            From.World.Network.Send(this);
    }

    /// <summary>Hands it to the receiver.</summary>
    public abstract void Arrive();
}

/// <summary>An actor's message.</summary>
internal sealed class UserDelivery(SimulatedNode from, SimulatedDispatcher to, ActorCell receiver, Envelope envelope)
    : Delivery(from, to)
{
    private const int Control = 200,
        TensorHeader = 64;

    public override long Bytes =>
        envelope.Message is ITensorMessage { Payload: var payload }
            ? TensorHeader + (long)payload.Length * (payload.Type == TransferDType.F32 ? 4 : 2)
            : Control;

    public override void Arrive() => Receiver.Arrive(receiver, envelope);

    public override void Drop() => Discard(envelope.Message);

    /// <summary>Releases the payload of a message that will not be received.</summary>
    public static void Discard(object message) => (message as ITensorMessage)?.Payload.Release();
}

/// <summary>A system message of Akka, such as <c>Watch</c>.</summary>
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
        To.Watches.Record(message, From);
        Receiver.Arrive(receiver, message);
    }
}
