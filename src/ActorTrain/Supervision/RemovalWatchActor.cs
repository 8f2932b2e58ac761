using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace ActorTrain.Supervision;

/// <summary>
/// Ends this node when another has quarantined it: a node that was frozen or partitioned for long was taken out of the
/// cluster, and can come back only as a new one. The program that runs the node restarts it.
/// </summary>
internal sealed class RemovalWatchActor : ReceiveActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public static Props Props() => Akka.Actor.Props.Create(() => new RemovalWatchActor());

    public RemovalWatchActor() =>
        Receive<ThisActorSystemQuarantinedEvent>(quarantined =>
        {
            // Every connection raises this event, and more than once.
            Become(() => ReceiveAny(_ => { }));
            _log.NodeTakenOut(quarantined.RemoteAddress);
            // Without an orderly exit: no other node would answer its steps.
            Context.System.Terminate();
        });

    protected override void PreStart() =>
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
}
