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
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private const int MostQuestions = 12;
    private readonly TaskCompletionSource<TrainedModel> _result;

    public static Props Props(IActorRef job, ITensorLane lane, TaskCompletionSource<TrainedModel> result) =>
        Akka.Actor.Props.Create(() => new SnapshotActor(job, lane, result));

    public SnapshotActor(IActorRef job, ITensorLane lane, TaskCompletionSource<TrainedModel> result)
    {
        _result = result;
        var questions = 0;
        Ask();
        Receive<ClientProtocol.WeightsLocated>(located =>
            Become(() =>
            {
                SetReceiveTimeout(null);
                Context.ActorOf(WeightsActor.Props(located.Model, located.Data, located.Shards, located.Buffers, lane));
                Receive<TrainedModel>(trained =>
                {
                    _result.TrySetResult(trained);
                    Context.Stop(Self);
                });
                Receive<PullActor.Lost>(lost => Fail($"the weights could not be fetched: {lost.Reason}"));
                // Of a question that was asked again.
                ReceiveAny(_ => { });
            })
        );
        Receive<ClientProtocol.Rejected>(rejected => Fail(rejected.Reason));
        // It may have ended or moved, or the link may be down.
        Receive<ReceiveTimeout>(_ => Ask());

        void Ask()
        {
            if (++questions > MostQuestions)
            {
                Fail($"the job has not answered for {(MostQuestions * AskAgainAfter).TotalSeconds:0} s");
                return;
            }
            job.Tell(new ClientProtocol.LocateWeights());
            SetReceiveTimeout(AskAgainAfter);
        }
    }

    protected override void PostStop() => _result.TrySetException(new ActorTrainException("The client was closed."));

    private void Fail(string reason)
    {
        _result.TrySetException(new ActorTrainException(Sentence.From(reason)));
        Context.Stop(Self);
    }
}
