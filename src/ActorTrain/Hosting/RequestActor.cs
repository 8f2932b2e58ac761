using ActorTrain.Coordinator;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>Asks one thing of a job, and tells whoever waits what it answers.</summary>
internal sealed class RequestActor : ReceiveActor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TrainingRunActor.Request _request;

    public static Props Props(IActorRef job, TrainingRunActor.Request request) => Akka.Actor.Props.Create(() => new RequestActor(job, request));

    public RequestActor(IActorRef job, TrainingRunActor.Request request)
    {
        _request = request;
        Receive<ClientProtocol.Rejected>(rejected => End(rejected.Reason));
        // The coordinator may be moving to another node, and the request lost with it.
        Receive<ReceiveTimeout>(_ => End("the job does not answer"));
        ReceiveAny(_ =>
        {
            request.Granted.TrySetResult(true);
            Context.Stop(Self);
        });
        SetReceiveTimeout(Patience);
        job.Tell(request.Wish);
    }

    protected override void PostStop() => _request.Granted.TrySetException(new ActorTrainException("The run has ended."));

    private void End(string reason)
    {
        _request.Granted.TrySetException(new ActorTrainException($"Nothing to change: {reason}."));
        Context.Stop(Self);
    }
}
