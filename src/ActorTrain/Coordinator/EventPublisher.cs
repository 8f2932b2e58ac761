using ActorTrain.Protocol;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// Publishes an event: to the job's record, the log, the metrics, the event stream and the client.
/// </summary>
internal sealed class EventPublisher(JobRecord record, IActorRef client, EventStream stream, ILoggingAdapter log)
{
    public void Publish(EventDraft draft, TimeSpan now)
    {
        var raised = record.Event(now, draft);
        log.JobEvent(raised.Kind, raised.Node, raised.Reason, raised.Action);
        Instruments.EventRaised(raised.Kind);
        stream.Publish(raised);
        client.Tell(new ClientProtocol.EventRaised(raised));
    }
}
