using ActorTrain.Protocol;
using ActorTrain.Telemetry;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>
/// Publishes an event: to the job's record, the log, the metrics, the event stream and the clients.
/// </summary>
/// <param name="record">The job's counts.</param>
/// <param name="tellClients">Tells the clients that follow the job.</param>
/// <param name="stream">The event stream.</param>
/// <param name="log">The job's log.</param>
internal sealed class EventPublisher(
    JobRecord record,
    Action<ClientProtocol.EventRaised> tellClients,
    EventStream stream,
    ILoggingAdapter log
)
{
    public void Publish(EventDraft draft, TimeSpan now)
    {
        var raised = record.Event(now, draft);
        log.JobEvent(raised.Kind, raised.Node, raised.Reason, raised.Action);
        Instruments.EventRaised(raised.Kind);
        stream.Publish(raised);
        tellClients(new ClientProtocol.EventRaised(raised));
    }
}
