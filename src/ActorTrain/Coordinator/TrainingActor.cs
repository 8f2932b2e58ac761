using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using ActorTrain.Telemetry;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Event;
using static ActorTrain.Supervision.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>
/// Grants leases until every sample of every epoch is applied, has each epoch evaluated, and writes the report.
/// </summary>
internal sealed partial class TrainingActor : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    // Weights of epochs that wait for their evaluation, in all shards together.
    private const long MemoryForEpochs = 256L << 20;
    private const int MostEpochsKept = 64;

    private static readonly TimeSpan LastWordPatience = TimeSpan.FromSeconds(3);

    // A count that has not come after this is asked for again: a message may be lost.
    private static readonly TimeSpan CountPatience = TimeSpan.FromSeconds(5);
    private readonly JobOptions _job;
    private readonly JobRecord _record;
    private readonly ShardPlacementActor.Placed _placed;
    private readonly CoordinatorOptions _options;
    private readonly LeaseDesk _desk;
    private readonly EvaluationBook _evaluations = new();
    private readonly HashSet<string> _returning = [];
    private readonly EventTeller _events;
    private readonly JobTelemetry _telemetry;
    private long _incarnations;
    private long _round;
    private int _contributions;
    private int _completedEpochs;
    private int _firstKept = 1;
    private readonly int _mostKept;
    private TimeSpan _askedAt;
    private bool _askAgain;
    private bool _stopped;

    /// <summary>Job → training: an admitted worker.</summary>
    public sealed record Join(WorkerHost Host, IActorRef Worker, DeviceDescription Device, Measurement Measured);

    /// <summary>Job → training: an event for the record.</summary>
    public sealed record Note(Occurrence Occurrence);

    /// <summary>Job → training: a node that was about to come back cannot.</summary>
    public sealed record Unable(string Node, string Reason);

    /// <summary>Training → job: what another coordinator would need to go on.</summary>
    public sealed record Remembered(
        StalenessOptions Staleness,
        ConsistencyOptions Consistency,
        long Incarnations,
        bool Paused,
        RecordMemory Record,
        IReadOnlyList<EpochSummary> CompletedEpochs,
        IReadOnlyList<SupervisionEvent> Events
    );

    /// <summary>Where the coordinator before has ended.</summary>
    /// <param name="Incarnations">The newest life that it had begun.</param>
    /// <param name="Paused">Whether the job was paused.</param>
    public sealed record Resumption(long Incarnations, bool Paused);

    /// <summary>Training → job: all is applied and counted, or training was stopped.</summary>
    public sealed record Done(TrainingReport Report, bool Stopped);

    /// <summary>Training → job: it cannot go on.</summary>
    public sealed record Failed(string Reason);

    private sealed record WorkerGone(WorkerId Worker);

    private sealed record WorkerSilent(WorkerId Worker);

    private sealed record Tick;

    private sealed record GrantRound;

    private sealed record OutOfPatience;

    /// <param name="job">What is trained.</param>
    /// <param name="client">Who follows it.</param>
    /// <param name="record">What is counted; of the one before, where another coordinator had begun.</param>
    /// <param name="placed">Where the shards are.</param>
    /// <param name="options">The coordinator's settings.</param>
    /// <param name="resumption">Where the coordinator before has ended; null where there was none before.</param>
    public static Props Props(
        JobOptions job,
        IActorRef client,
        JobRecord record,
        ShardPlacementActor.Placed placed,
        CoordinatorOptions options,
        Resumption? resumption = null
    ) => Akka.Actor.Props.Create(() => new TrainingActor(job, client, record, placed, options, resumption));

    public TrainingActor(
        JobOptions job,
        IActorRef client,
        JobRecord record,
        ShardPlacementActor.Placed placed,
        CoordinatorOptions options,
        Resumption? resumption
    )
    {
        (_job, _record, _placed, _options) = (job, record, placed, options);
        _events = new EventTeller(record, client, Context.System.EventStream, Context.GetLogger());
        _desk = new LeaseDesk(job, record);
        _telemetry = new JobTelemetry(job.Name, job.Epochs);
        // Shards keep the parameters, and the model state what each worker has reported.
        var model = record.Admission!.Model;
        var words = model.Parameters.Length + (long)model.State.Length * job.MinimumWorkers;
        _mostKept = (int)Math.Clamp(MemoryForEpochs / (sizeof(float) * words), 1, MostEpochsKept);
        KeepPaceWithEvaluations();
        if (resumption is not null)
        {
            _desk.Paused = resumption.Paused;
            Resuming(resumption.Incarnations);
            return;
        }
        _record.TrainingBegan(Now, placed.Shards);
        _telemetry.Begins(applied: 0, epoch: 1);
        Training();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart() => Timers.StartPeriodicTimer("tick", new Tick(), _options.ProgressInterval);

    protected override void PostStop() => _telemetry.Dispose();

    /// <summary>
    /// The shards refuse all lives that the coordinator before had begun, and say what they hold: the book is written
    /// anew from that.
    /// </summary>
    private void Resuming(long past)
    {
        _incarnations = past + UnknownLives;
        foreach (var shard in _placed.Shards)
            shard.Place.Shard.Tell(new ShardProtocol.FenceAll(_incarnations));
        AskCounts();
        Receive<Tick>(_ => AskCounts());
        Receive<ShardProtocol.Counted>(counted =>
        {
            _record.Counted(counted, Now);
            if (_record.Round == 0)
                return;
            _desk.Resume();
            _completedEpochs = _desk.Book.CompleteEpochs;
            _telemetry.Begins(_record.SamplesApplied, _completedEpochs + 1);
            for (var epoch = 1; epoch <= _completedEpochs; epoch++)
            {
                _record.EpochCompleted(epoch, Now);
                if (IsToBeEvaluated(epoch) && !_record.IsEvaluated(epoch))
                    _evaluations.Want(epoch);
            }
            KeepPaceWithEvaluations();
            Tell(
                new Occurrence(
                    CoordinatorMoved,
                    "",
                    "the coordinator's node was lost",
                    $"another goes on with {Plural.Of(_record.SamplesApplied, "sample")} applied"
                )
            );
            Stash.UnstashAll();
            Become(Training);
        });
        ReceiveAny(_ => Stash.Stash());
    }

    // Without a test set there is nothing to evaluate on.
    private bool IsToBeEvaluated(int epoch) =>
        _job.IsEvaluatedAfter(epoch) && _record.Admission!.Dataset.TestSamples > 0;

    private void Training()
    {
        Accounts();
        Lives();
        Receive<Join>(Start);
        Receive<WorkerProtocol.RequestLease>(request =>
        {
            if (Find(request.Worker) is not { } worker)
                return;
            worker.Trainer = Sender;
            _desk.Asked(worker);
            GrantWaiting();
        });
        Receive<GrantRound>(_ => Give(_desk.Grant(Now)));
        Receive<WorkerProtocol.EvaluationFailed>(failed =>
        {
            if (failed.IsPast)
            {
                Tell(
                    new Occurrence(
                        EvaluationLost,
                        failed.Worker.Node,
                        failed.Reason,
                        $"the report has no test {_record.Metric} for it"
                    )
                );
                _evaluations.Done(failed.Epoch);
                KeepPaceWithEvaluations();
                GiveEvaluations();
                FinishIfComplete();
                return;
            }
            _evaluations.Failed(failed.Epoch, failed.Worker.Node);
            TellEvaluationFailed(failed.Epoch, failed.Worker.Node, failed.Reason);
            GiveEvaluations();
            FinishIfComplete();
        });
        Receive<Tick>(_ =>
        {
            foreach (var late in _desk.Paused ? [] : _desk.Book.Expire(Now, _options.LeaseTimeout, _round + 1))
                Tell(
                    new Occurrence(
                        LeaseExpired,
                        late.Holder,
                        $"no push of it came for {_options.LeaseTimeout.TotalSeconds:0} s",
                        LeaseOccurrences.TakenBack(
                            late.Lease.Stretch.Count,
                            _record.Active.Any(worker => worker.Node != late.Holder)
                        )
                    )
                );
            foreach (var occurrence in _desk.Tick(Now))
                Tell(occurrence);
            foreach (var (epoch, node) in _evaluations.Expire(Now, _options.EvaluationTimeout))
                TellEvaluationFailed(
                    epoch,
                    node,
                    $"epoch {epoch} was not evaluated within "
                        + $"{Plural.Of(_options.EvaluationTimeout.TotalMinutes, "minute")}"
                );
            GiveEvaluations();
            GrantWaiting();
            GovernShards();
            AskCounts();
            FinishIfComplete();
            Remember();
            TellProgress(Phase);
        });
        Requests();
    }

    private void Stopping()
    {
        Accounts();
        Lives();
        Receive<Tick>(_ => AskCounts());
        Receive<OutOfPatience>(_ => Become(Counting));
        Ending();
    }

    /// <summary>Nothing is under way any more: the shards' counts taken now are final.</summary>
    private void Counting()
    {
        var awaited = Enumerable.Range(0, _placed.Shards.Length).ToHashSet();
        var first = _round + 1;
        Receive<ShardProtocol.Counted>(counted =>
        {
            _record.Counted(counted, Now);
            _telemetry.Applied(_record.SamplesApplied);
            if (_askAgain && _record.Round == _round)
                AskCounts();
            // An answer to an earlier look may lack the last pushes.
            if (counted.Round < first)
                return;
            awaited.Remove(counted.Shard);
            if (awaited.Count > 0)
                return;
            foreach (var occurrence in _desk.Tick(Now, all: true))
                Tell(occurrence);
            TellProgress(_stopped ? JobPhase.Stopped : JobPhase.Completed);
            _telemetry.Ended(_stopped);
            Context.Parent.Tell(new Done(_record.Report(_desk.Consistency), _stopped));
            Timers.Cancel("tick");
        });
        Receive<Tick>(_ => Look());
        Ending();
        ReceiveAny(_ => { });
        Look();

        void Look()
        {
            // What is gathered of a step counts as applied, and nothing more comes to it.
            GovernShards(_desk.Consistency with { Mode = ConsistencyMode.Asynchronous });
            AskCounts();
        }
    }

    /// <summary>What is counted, also while the job is being stopped.</summary>
    private void Accounts()
    {
        Receive<WorkerProtocol.LeaseEnded>(EndLease);
        Receive<WorkerProtocol.Evaluated>(evaluated =>
        {
            _record.Evaluated(evaluated.Epoch, evaluated.Evaluation);
            _evaluations.Done(evaluated.Epoch);
            _telemetry.EvaluationEnded(evaluated.Epoch, evaluated.Evaluation.Accuracy, _record.Metric);
            if (!double.IsFinite(evaluated.Evaluation.Loss))
                Tell(
                    new Occurrence(
                        EvaluationNotFinite,
                        "",
                        FormattableString.Invariant(
                            $"the test loss of epoch {evaluated.Epoch} is {evaluated.Evaluation.Loss}"
                        ),
                        $"the report has no test {_record.Metric} for it; training may have diverged, and wants a "
                            + "lower learning rate"
                    )
                );
            KeepPaceWithEvaluations();
            if (!_stopped)
                GiveEvaluations();
            FinishIfComplete();
        });
        Receive<ShardProtocol.Counted>(counted =>
        {
            foreach (var worker in _record.Progressing(counted))
                _desk.Book.Renew(worker, Now);
            var settled = _record.Round;
            _record.Counted(counted, Now);
            _telemetry.Applied(_record.SamplesApplied);
            if (_record.Round == settled)
                return;
            _desk.Settle(_record.Round);
            if (_askAgain)
                AskCounts();
            CloseEpochs();
        });
        Receive<Note>(note => Tell(note.Occurrence));
        Receive<MemoryDue>(_ => Remember());
    }

    private void EndLease(WorkerProtocol.LeaseEnded ended)
    {
        if (Find(ended.Worker) is not { } worker)
            return;
        var (quarantined, hopeless, occurrence) = _desk.End(worker, ended, Now, _round + 1);
        _telemetry.LeaseEnded(worker.Node, worker.Throughput);
        if (_stopped)
            return;
        if (occurrence is { } change)
            Tell(change);
        if (hopeless is not null)
        {
            Context.Parent.Tell(new Failed(hopeless));
            return;
        }
        if (quarantined)
            Quarantine(worker);
        // What was refused is done again as soon as the shards have said what they hold of it.
        if (_desk.Book.InDoubt)
            AskCounts();
        CloseEpochs();
    }

    private void CloseEpochs()
    {
        if (_stopped)
            return;
        while (_completedEpochs < _desk.Book.CompleteEpochs)
        {
            _record.EpochCompleted(++_completedEpochs, Now);
            _telemetry.EpochCompleted(_completedEpochs);
            if (IsToBeEvaluated(_completedEpochs))
                _evaluations.Want(_completedEpochs);
        }
        GiveEvaluations();
        KeepPaceWithEvaluations();
        GrantWaiting();
        FinishIfComplete();
    }

    private void GrantWaiting()
    {
        var apart = _desk.RoundsApart;
        Give(_desk.Grant(Now, everyone: apart == TimeSpan.Zero));
        if (_desk.Consistency.CountsContributions && _desk.Contributions != _contributions)
            GovernShards();
        if (_desk.IsAsked && apart > TimeSpan.Zero && !Timers.IsTimerActive("round"))
            Timers.StartSingleTimer("round", new GrantRound(), apart);
    }

    // What is asked for in the middle of a job, and how many gradients make a step: that changes with who takes part,
    // and at the end of the job. Told every second as well: a message may be lost.
    private void GovernShards() => GovernShards(_desk.Consistency);

    private void GovernShards(ConsistencyOptions consistency)
    {
        _contributions = consistency.CountsContributions ? _desk.Contributions : 1;
        foreach (var shard in _placed.Shards)
            shard.Place.Shard.Tell(new ShardProtocol.Govern(_desk.Staleness, consistency, _contributions));
    }

    private void Give(IReadOnlyList<LeaseDesk.Granted> leases)
    {
        var isRaced = _desk.Consistency.CountsContributions;
        var isPaced = isRaced || _desk.Consistency.Mode == ConsistencyMode.Bounded;
        foreach (var (worker, lease, occurrence) in leases)
        {
            worker.Trainer.Tell(new WorkerProtocol.Granted(lease, isRaced, isPaced));
            if (occurrence is { } repeated)
                Tell(repeated);
        }
    }

    private void GiveEvaluations()
    {
        if (_desk.Paused || !_evaluations.Waiting)
            return;
        var best = _desk.Evaluators;
        foreach (var (epoch, node) in _evaluations.Give(best, Now))
        {
            _telemetry.EvaluationGiven(epoch, node);
            _record.Workers[node].Worker.Tell(new WorkerProtocol.Evaluate(epoch));
        }
        foreach (var epoch in _evaluations.GiveUp(best))
        {
            Tell(
                new Occurrence(
                    EvaluationGivenUp,
                    "",
                    $"no node could evaluate epoch {epoch}",
                    $"the report has no test {_record.Metric} for it"
                )
            );
            KeepPaceWithEvaluations();
        }
    }

    // What is done about it: an evaluation that all have failed at is given up, which is an event of its own.
    private void TellEvaluationFailed(int epoch, string node, string reason)
    {
        var evaluators = _desk.Evaluators;
        Tell(
            new Occurrence(
                EvaluationFailed,
                node,
                reason,
                _evaluations.CanBeGiven(epoch, evaluators) ? "another node is asked"
                    : evaluators.Count > 0 ? "there is no other node to ask"
                    : "the next worker that joins is asked"
            )
        );
    }

    /// <summary>
    /// Shards keep the weights of each epoch that is not evaluated yet: those of others may go, and leases go no
    /// further ahead than shards can keep.
    /// </summary>
    private void KeepPaceWithEvaluations()
    {
        var first = _evaluations.First ?? _completedEpochs + 1;
        _desk.Book.LastEpoch = (int)Math.Min(_job.Epochs, (long)first + _mostKept * _job.EvaluateEvery);
        if (first == _firstKept)
            return;
        _firstKept = first;
        foreach (var shard in _placed.Shards)
            shard.Place.Shard.Tell(new ShardProtocol.Evaluated(first));
        _placed.ModelState?.Tell(new ShardProtocol.Evaluated(first));
        if (!_stopped)
            GrantWaiting();
    }

    private void FinishIfComplete()
    {
        if (!_stopped && _desk.IsDone && !_evaluations.Open)
            Become(Counting);
    }

    // One round at a time: a shard that is behind would only be further behind for being asked again.
    private void AskCounts()
    {
        _askAgain = _record.Round < _round && Now - _askedAt < CountPatience;
        if (_askAgain)
            return;
        _askedAt = Now;
        _round++;
        foreach (var shard in _placed.Shards)
            shard.Place.Shard.Tell(new ShardProtocol.Count(_round));
    }

    private void TellProgress(JobPhase phase)
    {
        var waiting =
            phase is not JobPhase.Training ? ""
            : !_record.Active.Any() ? "waiting for workers to join"
            : _desk.Book.AwaitsEvaluation ? $"waiting for the evaluation of epoch {_firstKept}"
            : "";
        Context.Parent.Tell(_record.Progress(phase, waiting, _desk.Book.Epoch, Now));
    }

    private void Tell(Occurrence occurrence)
    {
        _events.Tell(occurrence, Now);
        RememberSoon();
    }
}
