using ActorTrain.Supervision;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// Makes an event of an occurrence, and tells it to all who are to hear of it: the record, the log, the event stream
/// and the client.
/// </summary>
internal sealed class EventTeller(JobRecord record, IActorRef client, EventStream stream, ILoggingAdapter log)
{
    public void Tell(Occurrence occurrence, TimeSpan now)
    {
        var happened = record.Event(now, occurrence);
        log.Info("{0} {1}: {2}; {3}", happened.Kind, happened.Node, happened.Reason, happened.Remedy);
        Instruments.Happened(happened.Kind);
        stream.Publish(happened);
        client.Tell(new ClientProtocol.Happened(happened));
    }
}
