using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Serialization.Paging;
using ActorTrain.Threads;
using Akka.Actor;

namespace ActorTrain.Results;

/// <summary>
/// Sends the kept result of a job to a client, as the job would: its report, and then the weights when they are pulled.
/// Stops when the client has them, or is silent.
/// </summary>
internal sealed class ResultSenderActor : ReceiveActor
{
    private static readonly TimeSpan SilenceTimeout = ClientProtocol.FollowInterval * 5;

    private sealed record Unreadable(string Reason);

    /// <param name="jobId">The job.</param>
    /// <param name="client">The client.</param>
    /// <param name="folder">Where results are kept.</param>
    /// <param name="lane">The lane that the weights go by.</param>
    public static Props Props(string jobId, IActorRef client, ResultFolder folder, ITensorLane lane) =>
        Akka.Actor.Props.Create(() => new ResultSenderActor(jobId, client, folder, lane));

    public ResultSenderActor(string jobId, IActorRef client, ResultFolder folder, ITensorLane lane)
    {
        Receive<ResultFolder.Found>(found =>
        {
            client.TellInPages(Context.System, new ClientProtocol.Accepted(jobId, found.Options), Self);
            var (description, buffers) = (found.Model.Description, found.Model.Buffers);
            var weights = Context.ActorOf(KeptVectorActor.Props(found.Model.Parameters, lane), "weights");
            client.TellInPages(
                Context.System,
                new ClientProtocol.Finished(
                    found.Report,
                    description,
                    [new ShardPlace(new ShardSlice(0, 0, found.Model.Parameters.Length), weights)],
                    buffers.Length == 0 ? null : Context.ActorOf(KeptVectorActor.Props(buffers, lane), "buffers"),
                    found.Job.Phase == JobPhase.Canceled
                ),
                Self
            );
            SetReceiveTimeout(SilenceTimeout);
        });
        Receive<Unreadable>(unreadable =>
        {
            client.Tell(
                new ClientProtocol.Rejected(
                    $"the result of job {jobId} cannot be read: {unreadable.Reason}",
                    ClientProtocol.Rejection.NoResult
                ),
                Self
            );
            Context.Stop(Self);
        });
        Receive<ClientProtocol.WeightsFetched>(_ =>
        {
            client.Tell(new ClientProtocol.Closed());
            Context.Stop(Self);
        });
        Receive<ClientProtocol.Unfollow>(_ => Context.Stop(Self));
        Receive<ReceiveTimeout>(_ => Context.Stop(Self));
        ReceiveAny(_ => { });
        Context.RunBlocking(() => Read(jobId, folder));
    }

    private static object Read(string jobId, ResultFolder folder)
    {
        try
        {
            return folder.Read(jobId);
        }
        catch (Exception failure)
        {
            return new Unreadable(failure.AsReason());
        }
    }

    /// <summary>The weights, or the buffers, of a result: answers pulls as a shard, or as the actor that combines
    /// buffers.</summary>
    private sealed class KeptVectorActor : ReceiveActor
    {
        public static Props Props(ReadOnlyMemory<float> values, ITensorLane lane) =>
            Akka.Actor.Props.Create(() => new KeptVectorActor(values, lane));

        public KeptVectorActor(ReadOnlyMemory<float> values, ITensorLane lane)
        {
            Receive<ShardProtocol.Pull>(_ =>
                lane.Tell(Sender, new ShardProtocol.Pulled(0, 0, null, TensorSlice.From(values)), Self)
            );
            Receive<BuffersProtocol.Pull>(_ =>
                lane.Tell(Sender, new BuffersProtocol.Pulled(1, TensorSlice.From(values)), Self)
            );
            // A client that waits for a reply asks again.
            Receive<LaneProtocol.Broken>(_ => { });
        }
    }
}
