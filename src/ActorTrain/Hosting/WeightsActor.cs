using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Saving;
using ActorTrain.Server;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>
/// Pulls the weights of a job that has finished; then tells its parent the <see cref="TrainingResult"/>, or
/// <see cref="PullActor.Lost"/>.
/// </summary>
internal sealed class WeightsActor : ReceiveActor
{
    /// <param name="finished">What the job has told.</param>
    /// <param name="lane">The lane that the weights come by.</param>
    public static Props Props(ClientProtocol.Finished finished, ITensorLane lane) =>
        Akka.Actor.Props.Create(() => new WeightsActor(finished, lane));

    public WeightsActor(ClientProtocol.Finished finished, ITensorLane lane)
    {
        var parameters = new float[finished.Model.Parameters.Length];
        var buffers = new float[finished.Model.Buffers.Length];
        Context.ActorOf(PullActor.Props(finished.Shards, finished.Buffers, lane, parameters, buffers));
        Receive<PullActor.Completed>(_ =>
            Context.Parent.Tell(
                new TrainingResult(
                    finished.Report,
                    new TrainedModel(finished.Model, parameters, buffers) { Data = finished.Report.Data },
                    finished.IsCanceled
                )
            )
        );
        Receive<PullActor.Lost>(Context.Parent.Tell);
    }
}
