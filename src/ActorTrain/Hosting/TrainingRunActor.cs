using System.Threading.Channels;
using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Server;
using ActorTrain.Supervision;
using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>The client's end of a job: submits it, passes its progress on, and fetches the weights.</summary>
internal sealed class TrainingRunActor : ReceiveActor
{
    private readonly ChannelWriter<JobProgress> _progress;
    private readonly ChannelWriter<SupervisionEvent> _events;
    private readonly TaskCompletionSource<bool> _accepted;
    private readonly TaskCompletionSource<TrainingResult> _result;
    private readonly ITensorLane _lane;
    private IActorRef _job = ActorRefs.Nobody;

    /// <summary>Run → its actor: the weights as they are now.</summary>
    public sealed record TakeSnapshot(TaskCompletionSource<TrainedModel> Taken);

    public static Props Props(
        JobOptions job, IActorRef coordinator, ITensorLane lane, ChannelWriter<JobProgress> progress, ChannelWriter<SupervisionEvent> events,
        TaskCompletionSource<bool> accepted, TaskCompletionSource<TrainingResult> result) =>
        Akka.Actor.Props.Create(() => new TrainingRunActor(job, coordinator, lane, progress, events, accepted, result));

    public TrainingRunActor(
        JobOptions job, IActorRef coordinator, ITensorLane lane, ChannelWriter<JobProgress> progress, ChannelWriter<SupervisionEvent> events,
        TaskCompletionSource<bool> accepted, TaskCompletionSource<TrainingResult> result)
    {
        (_lane, _progress, _events, _accepted, _result) = (lane, progress, events, accepted, result);
        Submitting();
        Context.Watch(coordinator);
        coordinator.Tell(new ClientProtocol.Submit(job));
    }

    protected override void PostStop()
    {
        Fail("the client was closed");
        _progress.TryComplete();
        _events.TryComplete();
    }

    private void Submitting()
    {
        Receive<ClientProtocol.Accepted>(_ =>
        {
            _job = Sender;
            Context.Watch(_job);
            _accepted.TrySetResult(true);
            Become(Following);
        });
        Receive<ClientProtocol.Rejected>(rejected => End(rejected.Reason));
        Receive<Terminated>(_ => End("the coordinator went away"));
        Receive<ClientProtocol.Stop>(_ => End("it was stopped before it was accepted"));
    }

    private void Following()
    {
        Receive<ClientProtocol.Progressed>(progressed => _progress.TryWrite(progressed.Progress));
        Receive<ClientProtocol.Happened>(happened =>
        {
            _events.TryWrite(happened.Event);
            // In the coordinator's own system it has been published already.
            if (!Sender.Path.Address.HasLocalScope) Context.System.EventStream.Publish(happened.Event);
        });
        Receive<TakeSnapshot>(take => Context.ActorOf(SnapshotTakerActor.Props(_job, _lane, take.Taken)));
        Receive<ClientProtocol.Stop>(stop => _job.Tell(stop));
        Receive<ClientProtocol.Finished>(finished => Become(() => Fetching(finished)));
        Receive<ClientProtocol.Failed>(failed => End($"the job failed: {failed.Reason}", failed.Trained));
        Receive<Terminated>(_ => End("the coordinator of the job is lost", trained: true));
    }

    private void Fetching(ClientProtocol.Finished finished)
    {
        var parameters = new float[finished.Model.Parameters.Length];
        var state = new float[finished.Model.State.Length];
        Context.ActorOf(SnapshotActor.Props(finished.Shards, finished.ModelState, _lane, parameters, state));
        Receive<SnapshotActor.Taken>(_ =>
        {
            _job.Tell(new ClientProtocol.Fetched());
            _result.TrySetResult(new TrainingResult(finished.Report, new TrainedModel(finished.Model, parameters, state), finished.Stopped));
            Context.Stop(Self);
        });
        Receive<SnapshotActor.Lost>(lost => End($"the weights could not be fetched: {lost.Reason}", trained: true));
        Receive<ClientProtocol.Stop>(_ => { });
        Receive<Terminated>(_ => End("the coordinator was lost before the weights were fetched", trained: true));
    }

    private void End(string reason, bool trained = false)
    {
        Fail(reason, trained);
        Context.Stop(Self);
    }

    private void Fail(string reason, bool trained = false)
    {
        var sentence = char.ToUpperInvariant(reason[0]) + reason[1..] + ".";
        var failure = trained ? new TrainingFailedException(sentence) : new ActorTrainException(sentence);
        _accepted.TrySetException(failure);
        _result.TrySetException(failure);
    }
}
