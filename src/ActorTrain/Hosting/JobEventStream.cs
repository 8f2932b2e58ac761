using ActorTrain.Job;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>Passes a job's events on: to the run, to its subscribers, and to the client's actor system.</summary>
/// <param name="output">Where the run's events go.</param>
/// <param name="context">The client's actor, which watches the subscribers.</param>
internal sealed class JobEventStream(ClientOutput output, IActorContext context)
{
    private readonly HashSet<IActorRef> _subscribers = [];

    public void Add(ClientActor.Subscribe subscribe)
    {
        _subscribers.Add(context.Watch(subscribe.Subscriber));
        subscribe.Subscribed.TrySetResult(true);
    }

    /// <summary>A subscriber has stopped.</summary>
    public void Remove(Terminated gone) => _subscribers.Remove(gone.ActorRef);

    /// <param name="raised">The event.</param>
    /// <param name="job">The job's actor, which raised it.</param>
    public void Publish(SupervisionEvent raised, IActorRef job)
    {
        output.Events.TryWrite(raised);
        foreach (var subscriber in _subscribers)
            subscriber.Tell(raised);
        // The coordinator has published it in its own system already.
        if (!job.Path.Address.HasLocalScope)
            context.System.EventStream.Publish(raised);
    }
}
