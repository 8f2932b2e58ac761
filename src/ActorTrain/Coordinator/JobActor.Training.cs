using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Serialization.Paging;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>The job while its training actor runs, and until its client has fetched the result.</summary>
internal sealed partial class JobActor
{
    private void Training() => Training(adopted: null);

    private void Training(JobTrainingActor.Adopted? adopted)
    {
        _hasTrained = true;
        var admission = _readiness.Admission!;
        _record.Admission = admission;
        var shards = _placed!.Shards.Length;
        _log.JobTrains(_job.Name, admission.Model.Name, shards, Plural.Form(shards, "shard"));
        var training = _training = Context.ActorOf(
            JobTrainingActor.Props(_job, _client, _record, _placed, _context.Options, adopted),
            "training"
        );
        Context.Watch(training);
        if (_isCancelRequested)
            training.Tell(new ClientProtocol.Cancel());
        HandOverReady();

        ReceiveNodes(HandOverReady);
        ReceiveRequests(training);
        Receive<Tick>(_ => SettleWorkers());
        Receive<WorkerProtocol.ShardsInitialized>(_ => { });
        Receive<JobProgress>(Tell);
        Receive<JobTrainingActor.SnapshotTaken>(StoreSnapshot);
        Receive<ServerProtocol.SnapshotStored>(stored => _stored[Sender] = stored);
        Receive<JobTrainingActor.Done>(done =>
        {
            _client.TellInPages(
                Context.System,
                new ClientProtocol.Finished(
                    done.Report,
                    admission.Model,
                    _placed.Places,
                    _placed.Buffers,
                    done.IsCanceled
                ),
                Self
            );
            Become(Delivering);
        });
        Receive<JobTrainingActor.Failed>(failed => Fail(failed.Reason));
        Receive<Terminated>(ClientGone, gone => gone.ActorRef.Equals(_client));
        Receive<Terminated>(gone =>
            Fail(
                gone.ActorRef.Equals(training)
                    ? "the coordinator has lost its counts by an error; its log says why"
                    : $"shard {IndexOf(gone.ActorRef)} has stopped, and its weights are lost; "
                        + "the log of its node says why"
            )
        );

        void HandOverReady()
        {
            foreach (var (host, worker, device, measured) in _readiness.TakeReady())
                training.Tell(new JobTrainingActor.Join(host, worker, device, measured));
        }
    }

    private void ReceiveRequests(IActorRef training)
    {
        Receive<ClientProtocol.Cancel>(cancel => training.Tell(cancel));
        Receive<ClientProtocol.CancelJob>(_ =>
        {
            training.Tell(new ClientProtocol.Cancel());
            Sender.Tell(new ClientProtocol.Canceling());
        });
        Receive<ClientProtocol.IJobRequest>(request => training.Forward(request));
        Receive<ClientProtocol.LocateWeights>(_ =>
            Sender.TellInPages(
                Context.System,
                new ClientProtocol.WeightsLocated(
                    _readiness.Admission!.Model,
                    _readiness.Admission.DatasetSummary,
                    _placed!.Places,
                    _placed.Buffers
                ),
                Self
            )
        );
    }

    private void Delivering()
    {
        Receive<ClientProtocol.CancelJob>(_ => Sender.Tell(new ClientProtocol.Canceling()));
        Receive<ClientProtocol.IJobRequest>(_ => Sender.Tell(new ClientProtocol.Rejected("the job has ended")));
        Receive<ClientProtocol.WeightsFetched>(_ => Close());
        Receive<Terminated>(_ => Close());
        ReceiveAny(_ => { });
    }

    private int IndexOf(IActorRef shard) =>
        _placed!.Shards.First(placed => placed.Place.Shard.Equals(shard)).Place.Slice.Index;
}
