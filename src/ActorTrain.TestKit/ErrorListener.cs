using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Network;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.TestKit;

/// <summary>Collects errors from the event stream, and releases the payloads of messages that no actor
/// received.</summary>
internal sealed class ErrorListener : ReceiveActor
{
    public static Props Props(List<string> errors) => Akka.Actor.Props.Create(() => new ErrorListener(errors));

    public ErrorListener(List<string> errors)
    {
        Receive<Error>(error =>
        {
            var text = $"{error.LogSource}: {error.Message} {error.Cause}";
            if (!text.Contains(Fault.ScriptedReason, StringComparison.Ordinal))
                errors.Add(text);
        });
        Receive<DeadLetter>(dead => UserDelivery.Discard(dead.Message));
        Receive<UnhandledMessage>(unhandled => UserDelivery.Discard(unhandled.Message));
    }

    protected override void PreStart()
    {
        foreach (var kind in new[] { typeof(Error), typeof(DeadLetter), typeof(UnhandledMessage) })
            Context.System.EventStream.Subscribe(Self, kind);
    }
}
