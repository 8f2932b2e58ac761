using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Saving;
using ActorTrain.Sentences;
using ActorTrain.Server;
using ActorTrain.Threads;
using Akka.Actor;

namespace ActorTrain.Results;

/// <summary>Keeps the result of one job: pulls its weights, writes them, answers, and stops.</summary>
internal sealed class ResultKeeperActor : ReceiveActor
{
    /// <param name="keep">The request.</param>
    /// <param name="results">The actor that is answered.</param>
    /// <param name="folder">Where results are kept.</param>
    /// <param name="age">The time after which older results are deleted.</param>
    /// <param name="lane">The lane that the weights come by.</param>
    public static Props Props(
        ResultProtocol.Keep keep,
        IActorRef results,
        ResultFolder folder,
        TimeSpan age,
        ITensorLane lane
    ) => Akka.Actor.Props.Create(() => new ResultKeeperActor(keep, results, folder, age, lane));

    public ResultKeeperActor(
        ResultProtocol.Keep keep,
        IActorRef results,
        ResultFolder folder,
        TimeSpan age,
        ITensorLane lane
    )
    {
        Receive<ResultProtocol.Kept>(EndWith);
        Receive<ResultProtocol.NotKept>(EndWith);
        if (keep.Result is not { } result)
        {
            Write(model: null);
            return;
        }
        Context.ActorOf(WeightsActor.Props(result.Model, result.Report.Data, result.Shards, result.Buffers, lane));
        Receive<TrainedModel>(Write);
        Receive<PullActor.Lost>(lost =>
            EndWith(new ResultProtocol.NotKept($"the weights could not be fetched: {lost.Reason}"))
        );

        void Write(TrainedModel? model)
        {
            var now = Context.System.Scheduler.Now;
            Context.RunBlocking(() => WriteAndDeleteOld(folder, keep, model, now, age));
        }

        void EndWith(object answer)
        {
            results.Tell(answer);
            Context.Stop(Self);
        }
    }

    private static object WriteAndDeleteOld(
        ResultFolder folder,
        ResultProtocol.Keep keep,
        TrainedModel? model,
        DateTimeOffset now,
        TimeSpan age
    )
    {
        try
        {
            folder.DeleteBefore(now - age, now);
            folder.Write(keep.Job, keep.Options, keep.Result?.Report, model);
            return new ResultProtocol.Kept();
        }
        // Another node may keep it, whatever the reason is.
        catch (Exception failure)
        {
            return new ResultProtocol.NotKept(failure.AsReason());
        }
    }
}
