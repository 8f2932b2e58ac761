using ActorTrain.Coordinator;
using ActorTrain.Lane;
using ActorTrain.Sentences;
using ActorTrain.Server;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>Fetches a running job's weights for its client: asks where they are, pulls them, and ends.</summary>
internal sealed class SnapshotTakerActor : ReceiveActor
{
    private readonly TaskCompletionSource<TrainedModel> _taken;

    public static Props Props(IActorRef job, ITensorLane lane, TaskCompletionSource<TrainedModel> taken) =>
        Akka.Actor.Props.Create(() => new SnapshotTakerActor(job, lane, taken));

    public SnapshotTakerActor(IActorRef job, ITensorLane lane, TaskCompletionSource<TrainedModel> taken)
    {
        _taken = taken;
        Context.Watch(job);
        job.Tell(new ClientProtocol.Locate());
        Receive<ClientProtocol.Located>(located =>
            Become(() =>
            {
                var parameters = new float[located.Model.Parameters.Length];
                var state = new float[located.Model.State.Length];
                Context.ActorOf(SnapshotActor.Props(located.Shards, located.ModelState, lane, parameters, state));
                Receive<SnapshotActor.Taken>(_ =>
                {
                    _taken.TrySetResult(new TrainedModel(located.Model, parameters, state) { Data = located.Data });
                    Context.Stop(Self);
                });
                Receive<SnapshotActor.Lost>(lost => Fail($"the weights could not be fetched: {lost.Reason}"));
                Receive<Terminated>(_ => Fail("the job ended before the weights were fetched"));
            })
        );
        Receive<ClientProtocol.Rejected>(rejected => Fail(rejected.Reason));
        Receive<Terminated>(_ => Fail("the job has ended"));
    }

    protected override void PostStop() => _taken.TrySetException(new ActorTrainException("The client was closed."));

    private void Fail(string reason)
    {
        _taken.TrySetException(new ActorTrainException(Sentence.Of(reason)));
        Context.Stop(Self);
    }
}
