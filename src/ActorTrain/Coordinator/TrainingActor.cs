using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Server;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Coordinator;

/// <summary>Grants leases until every sample of every epoch is applied, has each epoch evaluated, and writes the report.</summary>
internal sealed class TrainingActor : ReceiveActor, IWithTimers
{
    private readonly JobOptions _job;
    private readonly IActorRef _client;
    private readonly JobRecord _record;
    private readonly ShardPlacementActor.Placed _placed;
    private readonly CoordinatorOptions _options;
    private readonly LeaseBook _book;
    private readonly EvaluationBook _evaluations = new();
    private readonly IConsistency _consistency;
    private readonly List<WorkerRecord> _waiting = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _incarnations;
    private long _round;
    private int _completedEpochs;
    private bool _stopped;

    /// <summary>Job → training: an admitted worker.</summary>
    public sealed record Join(string Node, IActorRef Worker, DeviceDescription Device);

    /// <summary>Job → training: an event for the record.</summary>
    public sealed record Note(string Kind, string Node, string Reason, string Remedy);

    /// <summary>Training → job: all is applied and counted, or training was stopped.</summary>
    public sealed record Done(TrainingReport Report, bool Stopped);

    /// <summary>Training → job: it cannot go on.</summary>
    public sealed record Failed(string Reason);

    private sealed record Tick;

    private sealed record OutOfPatience;

    public static Props Props(JobOptions job, IActorRef client, JobRecord record, ShardPlacementActor.Placed placed, CoordinatorOptions options) =>
        Akka.Actor.Props.Create(() => new TrainingActor(job, client, record, placed, options));

    public TrainingActor(JobOptions job, IActorRef client, JobRecord record, ShardPlacementActor.Placed placed, CoordinatorOptions options)
    {
        (_job, _client, _record, _placed, _options) = (job, client, record, placed, options);
        var samples = record.Admission!.Dataset.TrainSamples;
        _book = new LeaseBook(samples, job.Epochs, (int)Math.Min(samples, (long)job.Batch * job.LeaseBatches));
        _consistency = ConsistencyModes.Of(job.Consistency);
        _record.TrainingBegan(Now, placed.Shards);
        Training();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private IEnumerable<WorkerRecord> Active => _record.Workers.Values.Where(worker => worker.Active);

    protected override void PreStart() => Timers.StartPeriodicTimer("tick", new Tick(), _options.ProgressInterval);

    private void Training()
    {
        Membership();
        Receive<Join>(Start);
        Receive<WorkerProtocol.RequestLease>(request =>
        {
            if (Find(request.Worker) is not { } worker) return;
            worker.Trainer = Sender;
            if (!_waiting.Contains(worker)) _waiting.Add(worker);
            GrantWaiting();
        });
        Receive<WorkerProtocol.EvaluationFailed>(failed =>
        {
            Event("evaluation-failed", failed.Worker.Node, failed.Reason, "another node is asked");
            _evaluations.Failed(failed.Epoch, failed.Worker.Node);
            GiveEvaluations();
            FinishIfComplete();
        });
        Receive<Tick>(_ =>
        {
            foreach (var (holder, lease) in _book.Expire(Now, _options.LeaseTimeout))
                Event("lease-expired", holder, $"no push of it came for {_options.LeaseTimeout.TotalSeconds:0} s", $"{lease.Stretch.Count} samples go to others");
            GrantWaiting();
            AskCounts();
            TellProgress(_book.Complete ? JobPhase.Finishing : JobPhase.Training);
        });
        Receive<ClientProtocol.Stop>(_ =>
        {
            _stopped = true;
            foreach (var worker in Active) worker.Worker.Tell(new WorkerProtocol.EndJob());
            Timers.StartSingleTimer("patience", new OutOfPatience(), _options.StopPatience);
            Become(Stopping);
        });
    }

    private void Stopping()
    {
        Membership();
        Receive<Tick>(_ => AskCounts());
        Receive<OutOfPatience>(_ => Become(Counting));
        if (!Active.Any()) Become(Counting);
    }

    /// <summary>Nothing is under way any more: the shards' counts taken now are final.</summary>
    private void Counting()
    {
        var awaited = Enumerable.Range(0, _placed.Shards.Length).ToHashSet();
        var first = _round + 1;
        Receive<ShardProtocol.Counted>(counted =>
        {
            // An answer to an earlier look may lack the last pushes.
            if (counted.Round < first) return;
            _record.Counted(counted, Now);
            awaited.Remove(counted.Shard);
            if (awaited.Count > 0) return;
            TellProgress(_stopped ? JobPhase.Stopped : JobPhase.Completed);
            Context.Parent.Tell(new Done(_record.Report(), _stopped));
            Timers.Cancel("tick");
        });
        Receive<Tick>(_ => AskCounts());
        ReceiveAny(_ => { });
        AskCounts();
    }

    private void Membership()
    {
        Receive<WorkerProtocol.LeaseEnded>(EndLease);
        Receive<WorkerProtocol.Evaluated>(evaluated =>
        {
            _record.Evaluated(evaluated.Epoch, evaluated.Evaluation);
            _evaluations.Done(evaluated.Epoch);
            FinishIfComplete();
        });
        Receive<ShardProtocol.Counted>(counted =>
        {
            foreach (var worker in _record.Progressing(counted)) _book.Renew(worker, Now);
            _record.Counted(counted, Now);
        });
        Receive<WorkerProtocol.Withdrawn>(withdrawn =>
        {
            if (Find(withdrawn.Worker) is not { } worker) return;
            if (!_stopped) Event(withdrawn.Failed ? "worker-failed" : "worker-left", worker.Node, withdrawn.Reason, TakeBack(worker));
            Dismiss(worker);
            if (withdrawn.Failed && !Active.Any()) Context.Parent.Tell(new Failed($"the last worker failed; {worker.Node}: {withdrawn.Reason}"));
        });
        Receive<NodeProtocol.NodeLost>(lost =>
        {
            if (Active.FirstOrDefault(worker => worker.Node == lost.Node) is not { } worker) return;
            Event("worker-lost", worker.Node, lost.Reason, TakeBack(worker));
            Dismiss(worker);
        });
        Receive<NodeProtocol.NodeUnreachable>(unreachable =>
        {
            if (Active.FirstOrDefault(worker => worker.Node == unreachable.Node) is not { } worker) return;
            // Nothing is lost if it comes back: what it pushes then counts, unless somebody else has done it by then.
            Event("worker-unreachable", worker.Node, "it does not answer heartbeats", TakeBack(worker));
            _evaluations.Lost(worker.Node);
            GiveEvaluations();
            GrantWaiting();
        });
        Receive<NodeProtocol.NodeReachable>(reachable =>
        {
            if (Active.Any(worker => worker.Node == reachable.Node))
                Event("worker-reachable", reachable.Node, "it answers heartbeats again", "it goes on");
        });
        Receive<Note>(note => _record.Event(Now, note.Kind, note.Node, note.Reason, note.Remedy));
    }

    private void Start(Join join)
    {
        if (!_record.Workers.TryGetValue(join.Node, out var worker)) _record.Workers.Add(join.Node, worker = new WorkerRecord(join.Node));
        TakeBack(worker);
        worker.Begin(new WorkerId(join.Node, ++_incarnations), join.Worker, join.Device);
        Event("worker-joined", worker.Node, $"{join.Device.Kind} with {join.Device.Threads} threads is ready", "it gets leases");
        join.Worker.Tell(new WorkerProtocol.Start(worker.Id, [.. _placed.Shards.Select(shard => shard.Place)], _placed.ModelState));
        GiveEvaluations();
    }

    private void EndLease(WorkerProtocol.LeaseEnded ended)
    {
        if (Find(ended.Worker) is not { } worker) return;
        if (_book.End(ended.LeaseId, ended.Undone) is { } lease) _record.LeaseEnded(worker, lease.Stretch.Epoch, ended, Now);
        if (_stopped) return;
        while (_completedEpochs < _job.Epochs && _book.IsComplete(_completedEpochs + 1))
        {
            _record.EpochCompleted(++_completedEpochs, Now);
            if (_completedEpochs == _job.Epochs || _completedEpochs % _job.EvaluateEvery == 0) _evaluations.Want(_completedEpochs);
        }
        GiveEvaluations();
        GrantWaiting();
        FinishIfComplete();
    }

    private void GrantWaiting()
    {
        var slowest = Active.Select(worker => worker.LeaseSamples).DefaultIfEmpty(0).Min();
        foreach (var worker in _waiting.ToList())
        {
            if (!_consistency.MayGoOn(worker.LeaseSamples, slowest)) continue;
            if (_book.Take(worker.Node, Now) is not { } lease) return;
            _waiting.Remove(worker);
            worker.Trainer.Tell(new WorkerProtocol.Granted(lease));
        }
    }

    private void GiveEvaluations()
    {
        var best = Active.OrderByDescending(worker => worker.Throughput).Select(worker => worker.Node).ToList();
        foreach (var (epoch, node) in _evaluations.Give(best)) _record.Workers[node].Worker.Tell(new WorkerProtocol.Evaluate(epoch));
        foreach (var epoch in _evaluations.GiveUp(best))
            Event("evaluation-given-up", "", $"no node could evaluate epoch {epoch}", "the report has no test accuracy for it");
    }

    private void FinishIfComplete()
    {
        if (_stopped || !_book.Complete || _evaluations.Open) return;
        Become(Counting);
    }

    private WorkerRecord? Find(WorkerId id) => Active.FirstOrDefault(worker => worker.Id == id);

    private string TakeBack(WorkerRecord worker)
    {
        _waiting.Remove(worker);
        var samples = _book.TakeBack(worker.Node);
        return samples > 0 ? $"{samples} samples go to others" : "it held no lease";
    }

    private void Dismiss(WorkerRecord worker)
    {
        worker.Active = false;
        _evaluations.Lost(worker.Node);
        if (_stopped)
        {
            if (!Active.Any()) Become(Counting);
            return;
        }
        GiveEvaluations();
        GrantWaiting();
    }

    private void AskCounts()
    {
        _round++;
        foreach (var shard in _placed.Shards) shard.Place.Shard.Tell(new ShardProtocol.Count(_round));
    }

    private void TellProgress(JobPhase phase)
    {
        var waiting = phase is JobPhase.Training && !Active.Any() ? "waiting for workers to join" : "";
        var progress = new ClientProtocol.Progressed(_record.Progress(phase, waiting, _book.Epoch, Now));
        _client.Tell(progress);
        Context.Parent.Tell(progress);
    }

    private void Event(string kind, string node, string reason, string remedy)
    {
        _log.Info("{0} {1}: {2}; {3}", kind, node, reason, remedy);
        _record.Event(Now, kind, node, reason, remedy);
    }
}
