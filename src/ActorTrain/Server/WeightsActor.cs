using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Saving;
using Akka.Actor;

namespace ActorTrain.Server;

/// <summary>
/// Pulls a whole model; then tells its parent the <see cref="TrainedModel"/>, or <see cref="PullActor.Lost"/>, and
/// stops.
/// </summary>
internal sealed class WeightsActor : ReceiveActor
{
    /// <param name="model">The model's layouts.</param>
    /// <param name="data">The data set that it is trained on.</param>
    /// <param name="shards">Where the shards are.</param>
    /// <param name="buffers">Where the model's buffers are; null for a model without any.</param>
    /// <param name="lane">The lane that they come by.</param>
    public static Props Props(
        ModelDescription model,
        DatasetSummary data,
        ShardPlace[] shards,
        IActorRef? buffers,
        ITensorLane lane
    ) => Akka.Actor.Props.Create(() => new WeightsActor(model, data, shards, buffers, lane));

    public WeightsActor(
        ModelDescription model,
        DatasetSummary data,
        ShardPlace[] shards,
        IActorRef? buffers,
        ITensorLane lane
    )
    {
        var (parameters, state) = (new float[model.Parameters.Length], new float[model.Buffers.Length]);
        Context.ActorOf(PullActor.Props(shards, buffers, lane, parameters, state));
        Receive<PullActor.Completed>(_ => EndWith(new TrainedModel(model, parameters, state) { Data = data }));
        Receive<PullActor.Lost>(EndWith);

        void EndWith(object answer)
        {
            Context.Parent.Tell(answer);
            Context.Stop(Self);
        }
    }
}
