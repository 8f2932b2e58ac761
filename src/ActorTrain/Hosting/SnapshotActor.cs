using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Saving;
using ActorTrain.Sentences;
using ActorTrain.Server;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>Fetches a running job's weights for its client: asks for their shards, pulls them, and ends.</summary>
internal sealed class SnapshotActor : ReceiveActor
{
    private readonly TaskCompletionSource<TrainedModel> _result;

    public static Props Props(IActorRef job, ITensorLane lane, TaskCompletionSource<TrainedModel> result) =>
        Akka.Actor.Props.Create(() => new SnapshotActor(job, lane, result));

    public SnapshotActor(IActorRef job, ITensorLane lane, TaskCompletionSource<TrainedModel> result)
    {
        _result = result;
        Context.Watch(job);
        job.Tell(new ClientProtocol.LocateWeights());
        Receive<ClientProtocol.WeightsLocated>(located =>
            Become(() =>
            {
                var parameters = new float[located.Model.Parameters.Length];
                var state = new float[located.Model.Buffers.Length];
                Context.ActorOf(PullActor.Props(located.Shards, located.Buffers, lane, parameters, state));
                Receive<PullActor.Completed>(_ =>
                {
                    _result.TrySetResult(new TrainedModel(located.Model, parameters, state) { Data = located.Data });
                    Context.Stop(Self);
                });
                Receive<PullActor.Lost>(lost => Fail($"the weights could not be fetched: {lost.Reason}"));
                Receive<Terminated>(_ => Fail("the job ended before the weights were fetched"));
            })
        );
        Receive<ClientProtocol.Rejected>(rejected => Fail(rejected.Reason));
        Receive<Terminated>(_ => Fail("the job has ended"));
    }

    protected override void PostStop() => _result.TrySetException(new ActorTrainException("The client was closed."));

    private void Fail(string reason)
    {
        _result.TrySetException(new ActorTrainException(Sentence.From(reason)));
        Context.Stop(Self);
    }
}
