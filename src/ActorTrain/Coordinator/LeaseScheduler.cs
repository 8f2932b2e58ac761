using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;

namespace ActorTrain.Coordinator;

/// <summary>
/// Decides which worker gets which lease, and what the end of a lease means: combines the lease table, the balance of
/// workers by throughput, consistency, and the monitors of stale gradients and of gradients that are not finite.
/// </summary>
internal sealed class LeaseScheduler
{
    // A round over all workers costs so many of them a millisecond.
    private const int WorkersPerMillisecond = 64;

    private readonly JobOptions _job;
    private readonly JobRecord _record;
    private readonly LeaseRounds _rounds;
    private readonly GradientMonitors _monitors;
    private readonly List<WorkerRecord> _waiting = [];
    private readonly Pacing _pacing;
    private readonly HashSet<object> _cuts = [];
    private StepPlanner? _steps;

    public LeaseScheduler(JobOptions job, JobRecord record, Algorithms? algorithms = null)
    {
        (_job, _record, Staleness) = (job, record, job.Staleness);
        Table = new LeaseTable(record.Admission!.Dataset.TrainSamples, job.Epochs, job.SmallestMicroBatch);
        _pacing = new Pacing(job, Table, algorithms ?? Algorithms.BuiltIn);
        _steps = CreateStepPlanner(job.Consistency);
        _monitors = new GradientMonitors(job.Staleness);
        _rounds = new LeaseRounds(job, Table, _pacing, _monitors);
    }

    public LeaseTable Table { get; }

    /// <summary>The staleness policy.</summary>
    public StalenessOptions Staleness { get; private set; }

    /// <summary>The consistency model.</summary>
    public ConsistencyOptions Consistency => _pacing.Consistency;

    /// <summary>
    /// Gradients of a synchronous step where there are backup workers: one for each worker except those, as
    /// far as there is work for them.
    /// </summary>
    public int Contributions
    {
        get
        {
            var training = Training.ToList();
            var withoutBackups = training.Count - Consistency.Synchronous.BackupWorkers;
            var isWorkLeft = Table.Offers.Any(offer => offer.Samples > 0);
            var engaged = Engaged;
            var contributing = training.Count(worker =>
                isWorkLeft ? engaged.Contains(worker.Node) : Table.Holds(worker.Node)
            );
            return Math.Max(1, Math.Min(withoutBackups, contributing));
        }
    }

    /// <summary>Whether no leases are granted.</summary>
    public bool Paused { get; private set; }

    /// <summary>Whether no leases are granted until a checkpoint is taken, or a node has left.</summary>
    public bool IsCutting => _cuts.Count > 0;

    /// <summary>Whether the job is canceled: its leases end, and none is granted.</summary>
    public bool IsCanceled { get; private set; }

    /// <summary>
    /// Whether everything is applied and reported. A lease that another worker has repeated need not have ended.
    /// </summary>
    public bool IsDone => Table.Complete && Table.Grants.All(grant => grant.IsShared);

    /// <summary>Whether a worker waits for a lease.</summary>
    public bool HasRequests => _waiting.Count > 0;

    /// <summary>
    /// Time in which requests are collected for one round over all workers: none for few workers.
    /// </summary>
    public TimeSpan RoundInterval => TimeSpan.FromMilliseconds(_record.Workers.Count / WorkersPerMillisecond);

    /// <summary>The best evaluators first: workers that do nothing else, then the faster.</summary>
    public IReadOnlyList<string> Evaluators =>
        [
            .. _record
                .Active.OrderByDescending(worker =>
                    _monitors.LevelOf(worker.Node) == WorkLevel.EvaluationOnly && !Table.Complete
                )
                .ThenByDescending(worker => worker.Throughput)
                .Select(worker => worker.Node),
        ];

    /// <summary>A lease for a waiting worker.</summary>
    public readonly record struct Granted(WorkerRecord Worker, Lease Lease, EventDraft? Event);

    private IEnumerable<WorkerRecord> Training =>
        _record.Active.Where(worker => _monitors.LevelOf(worker.Node) != WorkLevel.EvaluationOnly);

    // Workers that hold or request a lease. Others are busy elsewhere, stuck, or about to begin: no worker waits for
    // them.
    private HashSet<string> Engaged =>
        [.. Table.Grants.Select(grant => grant.Holder), .. _waiting.Select(worker => worker.Node)];

    /// <summary>Adopts a job: begins with what the shards have applied.</summary>
    public void Adopt() => Table.Adopt(_record.AppliedEverywhere(1, _record.Epochs), _record.Cuts());

    /// <summary>Changes the staleness policy.</summary>
    public void SetStaleness(StalenessOptions staleness)
    {
        Staleness = staleness;
        _rounds.Invalidate();
        _monitors.SetStaleness(staleness);
        _pacing.SetLead(staleness.MaxLeaseLead, _record.Workers.Values);
    }

    /// <summary>Changes the consistency model.</summary>
    /// <param name="consistency">The consistency model, with the global batch size in samples.</param>
    public void SetConsistency(ConsistencyOptions consistency)
    {
        _steps = CreateStepPlanner(consistency);
        _rounds.Invalidate();
        _pacing.SetConsistency(consistency, _record.Workers.Values);
    }

    /// <summary>Pauses the job, or lets it go on.</summary>
    /// <returns>Whether that changes it.</returns>
    public bool SetPaused(bool paused, TimeSpan now)
    {
        if (Paused == paused)
            return false;
        Paused = paused;
        // In a pause no holder can show progress.
        if (!paused)
            Table.Renew(now);
        return true;
    }

    /// <summary>Nothing is granted until <see cref="EndCut"/>.</summary>
    /// <param name="holder">Who wants it.</param>
    /// <returns>Whether it has not wanted it before.</returns>
    public bool BeginCut(object holder) => _cuts.Add(holder);

    /// <summary>Leases are granted again, unless another holds a cut.</summary>
    /// <returns>Whether the holder held one.</returns>
    public bool EndCut(object holder, TimeSpan now)
    {
        var ended = _cuts.Remove(holder);
        if (ended && !IsCutting)
            Table.Renew(now);
        return ended;
    }

    /// <summary>Cancels the job.</summary>
    public void Cancel() => IsCanceled = true;

    /// <summary>A worker takes part from now on.</summary>
    public void Join(WorkerRecord worker)
    {
        _rounds.WorkersChanged();
        _pacing.Begin(worker, Training.Where(other => other != worker));
        _monitors.Forget(worker.Node);
    }

    /// <summary>A worker's memory holds fewer samples than expected.</summary>
    public void LimitMemory(WorkerRecord worker, int most)
    {
        worker.MostSamples = most;
        _rounds.Invalidate();
    }

    /// <summary>A worker requests a lease.</summary>
    public void Request(WorkerRecord worker)
    {
        var isEngaged = Table.Holds(worker.Node) || _waiting.Contains(worker);
        if (_pacing.HoldsBack && worker.HasRequested && !isEngaged)
        {
            var engaged = Engaged;
            _pacing.CatchUp(worker, Training.Where(other => engaged.Contains(other.Node)));
        }
        worker.HasRequested = true;
        if (!_waiting.Contains(worker))
            _waiting.Add(worker);
    }

    /// <summary>Grants leases to the waiting workers that may go on, the strongest first.</summary>
    /// <param name="now">The time, on the scheduler's clock.</param>
    /// <param name="everyone">False: only to workers whose lease does not depend on others.</param>
    public IReadOnlyList<Granted> Grant(TimeSpan now, bool everyone = true)
    {
        if (Paused || IsCutting || IsCanceled)
            return [];
        if (_steps is not null)
            return everyone ? GrantSteps(_steps, now) : [];
        var granted = _rounds.Grant(_waiting, Training, now, everyone);
        return [.. granted.Select(one => ToGranted(one.Worker, one.Lease))];
    }

    /// <summary>A lease has ended.</summary>
    public GradientMonitors.Ended End(WorkerRecord worker, WorkerProtocol.LeaseEnded ended, TimeSpan now, long round)
    {
        var grant = Table.End(ended.LeaseId, ended.Undone, round);
        // A lease that was taken back measures nothing: its worker has waited for others, or others for it.
        if (grant is null || ended.Account.Trained == 0)
            return default;
        worker.LeaseEnded(ended.Account, now);
        _rounds.LeaseEnded();
        _record.LeaseEnded(grant.Lease.Range.Epoch, ended.Account, now);
        var othersTrain = Training.Any(other => other != worker);
        var meaning = _monitors.LeaseEnded(worker.Node, ended, now, othersTrain);
        if (meaning.Event is not null)
            _rounds.Invalidate();
        return meaning;
    }

    /// <summary>Events that are due: refused pushes, and workers that get more work again.</summary>
    public IEnumerable<EventDraft> Tick(TimeSpan now, bool all = false)
    {
        foreach (var draft in _monitors.RefusedPushes(now, all))
            yield return draft;
        foreach (var change in _monitors.Rested(now))
        {
            _rounds.Invalidate();
            if (_record.Workers.TryGetValue(change.Node, out var rested))
                _pacing.Begin(rested, Training.Where(other => other != rested));
            yield return LeaseEvents.Create(change);
        }
    }

    /// <summary>Takes back the leases of a worker.</summary>
    /// <returns>What is done about its samples, for an event.</returns>
    public string TakeBack(WorkerRecord worker, long round)
    {
        _waiting.Remove(worker);
        _rounds.WorkersChanged();
        _steps?.Forget(worker.Node);
        var samples = Table.TakeBack(worker.Node, round);
        return LeaseEvents.TakenBack(samples, _record.Active.Any(other => other != worker));
    }

    /// <summary>Takes back the leases whose holders have shown no progress for some time.</summary>
    public IReadOnlyList<EventDraft> Expire(TimeSpan now, TimeSpan timeout, long round) =>
        Paused
            ? []
            :
            [
                .. Table
                    .Expire(now, timeout, round)
                    .Select(expired =>
                        LeaseEvents.Expired(
                            expired,
                            timeout,
                            _record.Active.Any(worker => worker.Node != expired.Holder)
                        )
                    ),
            ];

    /// <summary>A round of counts has arrived from every shard.</summary>
    public void Settle(long round) =>
        Table.Settle(round, _record.AppliedEverywhere(Table.CompleteEpochs + 1, Table.Epoch), _record.Cuts());

    // With backup workers a step is a number of gradients, and is not planned.
    private StepPlanner? CreateStepPlanner(ConsistencyOptions consistency) =>
        consistency is { Mode: ConsistencyMode.Synchronous, Synchronous: { BackupWorkers: 0 } steps }
            ? new StepPlanner(
                new StepGrid(steps.GlobalBatchSize, _record.Admission!.Dataset.TrainSamples, _job.SmallestMicroBatch),
                _job.BatchSize,
                wholeShares: _job.Balance.MicroBatch && !steps.Deterministic && !_job.LocalSteps.IsOn,
                _job.Balance.Repeat,
                _job.LocalSteps.IsOn ? _job.LocalSteps.Steps : 0
            )
            : null;

    private List<Granted> GrantSteps(StepPlanner steps, TimeSpan now)
    {
        var granted = new List<Granted>();
        var engaged = Engaged;
        // A worker that has not requested a lease yet is about to; one that has, and is not engaged, is stuck.
        var planned = Training
            .Where(worker => !worker.HasRequested || engaged.Contains(worker.Node))
            .Select(worker => worker.ToPlan(1, isUnavailable: false))
            .ToList();
        var waiting = _waiting.ToDictionary(worker => worker.Node);
        foreach (var candidate in PlannedWorker.StrongestFirst(planned))
        {
            if (
                !waiting.TryGetValue(candidate.Node, out var worker)
                || steps.Next(Table, planned, candidate, now) is not { } next
            )
                continue;
            _waiting.Remove(worker);
            granted.Add(ToGranted(worker, next));
        }
        return granted;
    }

    private static Granted ToGranted(WorkerRecord worker, PlannedLease planned) =>
        new(
            worker,
            planned.Lease,
            planned.Repeats is { } repeated ? LeaseEvents.Repeated(worker.Node, planned.Lease, repeated) : null
        );
}
