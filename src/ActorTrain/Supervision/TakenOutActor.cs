using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace ActorTrain.Supervision;

/// <summary>
/// Ends this node when another has cut it off for good: a node that was frozen or cut off for long was taken out of the
/// cluster meanwhile, and can come back only as a new one. Whoever runs the node starts it again.
/// </summary>
internal sealed class TakenOutActor : ReceiveActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public static Props Props() => Akka.Actor.Props.Create(() => new TakenOutActor());

    public TakenOutActor() =>
        Receive<ThisActorSystemQuarantinedEvent>(quarantined =>
        {
            // Every connection says so, and more than once.
            Become(() => ReceiveAny(_ => { }));
            _log.Warning(
                "{0} has taken this node out of the cluster, since it did not answer: this node ends, and can "
                    + "come back only as a new one",
                quarantined.RemoteAddress
            );
            // Not in order: there is nobody who would answer, and each step of it would wait for that.
            Context.System.Terminate();
        });

    protected override void PreStart() =>
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
}
