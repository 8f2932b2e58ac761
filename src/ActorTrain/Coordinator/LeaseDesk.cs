using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Sentences;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using ActorTrain.Worker;

namespace ActorTrain.Coordinator;

/// <summary>
/// Who gets which lease and what its end means: brings together the book of leases, the balance of strong and weak,
/// consistency, and the watches over stale gradients and over those that are not finite.
/// </summary>
internal sealed class LeaseDesk
{
    // Up to so many workers are all looked at anew with each lease that ends. Of more, a few with each: all of them
    // when that many are due. A throughput is a median of five leases, and changes less meanwhile.
    private const int Few = 64,
        WorkersAnEnd = 4;

    // So many are looked at in each millisecond, where a look at all is due.
    private const int WorkersAMillisecond = 64;

    private readonly JobOptions _job;
    private readonly JobRecord _record;
    private readonly LeasePlanner _planner;
    private readonly FiniteWatch _finite = new();
    private readonly RefusalLog _refusals = new();
    private readonly List<WorkerRecord> _waiting = [];
    private readonly Pacing _pacing;
    private StepPlanner? _steps;
    private StalenessWatch _watch;
    private LeaseDivision? _division;
    private int _divisionHolds;
    private int _lookedAt;
    private bool _haveChanged;

    public LeaseDesk(JobOptions job, JobRecord record)
    {
        (_job, _record) = (job, record);
        Book = new LeaseBook(record.Admission!.Dataset.TrainSamples, job.Epochs, job.LeastMicroBatch);
        _planner = new LeasePlanner(job.Balance, job.Batch, job.LeaseBatches, job.LocalSteps, job.LeastMicroBatch);
        _pacing = new Pacing(job, Book);
        _steps = StepsOf(job.Consistency);
        (Staleness, _watch) = (job.Staleness, new StalenessWatch(job.Staleness));
    }

    public LeaseBook Book { get; }

    /// <summary>What is done about staleness.</summary>
    public StalenessOptions Staleness { get; private set; }

    /// <summary>How tightly the workers march.</summary>
    public ConsistencyOptions Consistency => _pacing.Consistency;

    /// <summary>
    /// Gradients that make a synchronous step where there are backup workers: all workers but those, as far as there is
    /// something for them to do.
    /// </summary>
    public int Contributions
    {
        get
        {
            var heard = Heard;
            var hasWork = Book.Offers.Any(offer => offer.Samples > 0);
            var training = Training.ToList();
            return Math.Max(
                1,
                Math.Min(
                    training.Count - Consistency.Synchronous.BackupWorkers,
                    training.Count(worker => hasWork ? heard.Contains(worker.Node) : Book.Holds(worker.Node))
                )
            );
        }
    }

    /// <summary>Whether nobody is given anything.</summary>
    public bool Paused { get; set; }

    /// <summary>Whether all is applied, and told: a holder whose work others have repeated is not waited for.</summary>
    public bool IsDone => Book.Complete && Book.Grants.All(grant => grant.IsShared);

    /// <summary>Goes on where another coordinator's desk has ended: the shards have said what they hold.</summary>
    public void Resume() => Book.Resume(_record.AppliedEverywhere(1, _record.Epochs));

    /// <summary>A lease for somebody who waits.</summary>
    public readonly record struct Granted(WorkerRecord Worker, Lease Lease, Occurrence? Event);

    /// <summary>What the end of a lease means.</summary>
    /// <param name="Quarantined">Whether its holder is to be excluded.</param>
    /// <param name="Hopeless">Why the job cannot go on; null when it can.</param>
    /// <param name="Event">What changes in the work that its holder gets; null when nothing does.</param>
    public readonly record struct Ended(bool Quarantined, string? Hopeless, Occurrence? Event);

    private IEnumerable<WorkerRecord> Training =>
        _record.Active.Where(worker => _watch.LevelOf(worker.Node) != WorkLevel.EvaluationOnly);

    private bool IsHeard(WorkerRecord worker) => Book.Holds(worker.Node) || _waiting.Contains(worker);

    // Who holds a lease, or asks for one.
    private HashSet<string> Heard =>
        [.. Book.Grants.Select(grant => grant.Holder), .. _waiting.Select(worker => worker.Node)];

    /// <summary>Who evaluates best: who does nothing else, then the faster.</summary>
    public IReadOnlyList<string> Evaluators =>
        [
            .. _record
                .Active.OrderByDescending(worker =>
                    _watch.LevelOf(worker.Node) == WorkLevel.EvaluationOnly && !Book.Complete
                )
                .ThenByDescending(worker => worker.Throughput)
                .Select(worker => worker.Node),
        ];

    /// <summary>Changes what is done about staleness.</summary>
    public void Govern(StalenessOptions staleness)
    {
        (Staleness, _watch, _division) = (staleness, new StalenessWatch(staleness), null);
        _pacing.Allow(staleness.Lead, _record.Workers.Values);
    }

    /// <summary>Changes how tightly the workers march.</summary>
    /// <param name="consistency">How, with the samples of a step in numbers.</param>
    public void March(ConsistencyOptions consistency)
    {
        (_steps, _division) = (StepsOf(consistency), null);
        _pacing.March(consistency, _record.Workers.Values);
    }

    /// <summary>A worker takes part from now on.</summary>
    public void Joined(WorkerRecord worker)
    {
        (_division, _haveChanged) = (null, true);
        _pacing.Begins(worker, Training.Where(other => other != worker));
        _finite.Forget(worker.Node);
    }

    /// <summary>A worker's memory holds less than was thought.</summary>
    public void Shortened(WorkerRecord worker, int most) => (worker.MostSamples, _division) = (most, null);

    /// <summary>A worker asks.</summary>
    public void Asked(WorkerRecord worker)
    {
        if (_pacing.HoldsBack && worker.HasAsked && !IsHeard(worker) && Heard is var heard)
            _pacing.Resumes(worker, Training.Where(other => heard.Contains(other.Node)));
        worker.HasAsked = true;
        if (!_waiting.Contains(worker))
            _waiting.Add(worker);
    }

    /// <summary>Whether somebody waits for a lease.</summary>
    public bool IsAsked => _waiting.Count > 0;

    /// <summary>
    /// Time in which asks are gathered, where a look at all workers is due for them: none for few workers, so that one
    /// look in all costs each little where they are many.
    /// </summary>
    public TimeSpan RoundsApart => TimeSpan.FromMilliseconds(_record.Workers.Count / WorkersAMillisecond);

    /// <summary>Grants whoever waits, and may go on, what is best: the strongest first.</summary>
    /// <param name="now">The time, on the scheduler's clock.</param>
    /// <param name="everyone">False: only those for whom nobody else has to be looked at.</param>
    public IReadOnlyList<Granted> Grant(TimeSpan now, bool everyone = true)
    {
        var granted = new List<Granted>();
        if (Paused)
            return granted;
        if (_steps is not null)
        {
            if (everyone)
                GrantSteps(_steps, granted, now);
            return granted;
        }
        var isDivided = _division is not null;
        GrantFarFromTheEnd(granted, now);
        // Who joins or leaves changes what all get: where they are many, and come one upon another, one look is for all
        // that have.
        if (_waiting.Count == 0 || ((isDivided || _haveChanged) && !everyone))
            return granted;
        _haveChanged = false;
        var training = Training.ToList();
        var waiting = _waiting.ToDictionary(worker => worker.Node);
        var mayBegin = _pacing.Look(training.Where(IsHeard));
        // Who neither holds nor asks is busy with something else, stuck, or about to begin: when it asks, it is counted
        // on again.
        var planned = training
            .Select(worker =>
            {
                var most = mayBegin(worker);
                return worker.ToPlan(
                    _watch.LevelOf(worker.Node) == WorkLevel.Reduced ? StalenessWatch.ReducedLease : 1,
                    isUnavailable: most < 1 || !IsHeard(worker),
                    most
                );
            })
            .ToList();
        var round = _planner.Begin(Book, planned, now);
        (_division, _divisionHolds, _lookedAt) = (
            round.Division,
            planned.Count < Few ? 0 : planned.Count / WorkersAnEnd,
            0
        );
        foreach (
            var candidate in PlannedWorker.StrongestFirst(
                planned.Where(worker => !worker.IsUnavailable && waiting.ContainsKey(worker.Node))
            )
        )
        {
            if (round.Next(candidate.Node) is not { } next)
                continue;
            waiting.Remove(candidate.Node, out var worker);
            granted.Add(Of(worker!, next));
        }
        _waiting.RemoveAll(worker => !waiting.ContainsKey(worker.Node));
        return granted;

        // As below, by a table of those that wait.
        bool IsHeard(WorkerRecord worker) => Book.Holds(worker.Node) || waiting.ContainsKey(worker.Node);
    }

    /// <summary>Takes in a lease's end.</summary>
    public Ended End(WorkerRecord worker, WorkerProtocol.LeaseEnded ended, TimeSpan now, long round)
    {
        var grant = Book.End(ended.LeaseId, ended.Undone, round);
        // What was taken back is no measure: a doubted worker has waited for somebody, or somebody for it.
        if (grant is null || ended.Account.Trained == 0)
            return default;
        worker.LeaseEnded(ended.Account, now);
        if (--_divisionHolds < 0)
            _division = null;
        _record.LeaseEnded(grant.Lease.Stretch.Epoch, ended.Account, now);
        foreach (var group in ended.Refused.GroupBy(refused => refused.Refusal))
            _refusals.Add(
                worker.Node,
                group.Key,
                group.Count(),
                group.Sum(refused => refused.Part.Count),
                group.Last().Reason
            );
        var notFinite = ended.Refused.Where(refused => refused.Refusal == Refusal.NotFinite).ToList();
        var hopeless = notFinite.Where(refused => _finite.IsHopeless(refused.Part)).ToList();
        var tooStale = ended.Refused.Count(refused => refused.Refusal == Refusal.TooStale);
        var change = _watch.LeaseEnded(
            worker.Node,
            tooStale,
            ended.Account.Pushes,
            now,
            othersTrain: Training.Any(other => other != worker)
        );
        if (change is not null)
            _division = null;
        return new Ended(
            _finite.Quarantines(worker.Node, notFinite.Count, ended.Account.Pushes - notFinite.Count),
            hopeless.Count == 0
                ? null
                : $"{hopeless[0].Reason}, in {Plural.Of(FiniteWatch.Attempts, "attempt")}: "
                    + "the data holds numbers that are not finite, or training has diverged and wants a lower "
                    + "learning rate",
            change is null ? null : LeaseOccurrences.Of(change)
        );
    }

    /// <summary>What time brings: refusals to tell of, and workers that have rested.</summary>
    public IEnumerable<Occurrence> Tick(TimeSpan now, bool all = false)
    {
        foreach (var refused in _refusals.Due(now, all))
            if (LeaseOccurrences.Of(refused) is { } told)
                yield return told;
        foreach (var change in _watch.Rested(now))
        {
            _division = null;
            if (_record.Workers.TryGetValue(change.Node, out var rested))
                _pacing.Begins(rested, Training.Where(other => other != rested));
            yield return LeaseOccurrences.Of(change);
        }
    }

    /// <summary>Takes back what a worker holds.</summary>
    /// <returns>The remedy, in words.</returns>
    public string TakeBack(WorkerRecord worker, long round)
    {
        _waiting.Remove(worker);
        (_division, _haveChanged) = (null, true);
        _steps?.Forget(worker.Node);
        var samples = Book.TakeBack(worker.Node, round);
        return LeaseOccurrences.TakenBack(samples, _record.Active.Any(other => other != worker));
    }

    /// <summary>A round of counts has come in from every shard.</summary>
    public void Settle(long round) =>
        Book.Settle(round, _record.AppliedEverywhere(Book.CompleteEpochs + 1, Book.Epoch), _record.Cuts());

    // Where nobody may be held back, and there is enough for all, who asks need not be compared with all others.
    private void GrantFarFromTheEnd(List<Granted> granted, TimeSpan now)
    {
        if (_division is null || _pacing.HoldsBack)
            return;
        // What was too little for those before is not more by now: only who has asked since is looked at.
        while (_lookedAt < _waiting.Count)
        {
            var worker = _waiting[_lookedAt];
            var (epoch, left) = Book.Offers.FirstOrDefault(offer => offer.Samples > 0);
            if (
                _watch.LevelOf(worker.Node) != WorkLevel.Full
                || _division.FarFromTheEnd(worker.Node, left) is not var (size, microBatch, localSteps)
                || Book.Take(worker.Node, epoch, size, microBatch, now, localSteps) is not { } lease
            )
            {
                _lookedAt++;
                continue;
            }
            _waiting.RemoveAt(_lookedAt);
            granted.Add(new Granted(worker, lease, null));
        }
    }

    // Where a step is a stretch of an epoch's order.
    private StepPlanner? StepsOf(ConsistencyOptions consistency) =>
        consistency is { Mode: ConsistencyMode.Synchronous, Synchronous: { BackupWorkers: 0 } steps }
            ? new StepPlanner(
                new StepGrid(steps.GlobalBatch, _record.Admission!.Dataset.TrainSamples, _job.LeastMicroBatch),
                _job.Batch,
                wholeShares: _job.Balance.MicroBatch && !steps.Deterministic && !_job.LocalSteps.IsOn,
                _job.Balance.Repeat,
                _job.LocalSteps.IsOn ? _job.LocalSteps.Steps : 0
            )
            : null;

    private void GrantSteps(StepPlanner steps, List<Granted> granted, TimeSpan now)
    {
        var heard = Heard;
        // Who has not asked yet is about to; who has, and neither holds nor asks any more, is stuck.
        var planned = Training
            .Where(worker => !worker.HasAsked || heard.Contains(worker.Node))
            .Select(worker => worker.ToPlan(1, isUnavailable: false))
            .ToList();
        var waiting = _waiting.ToDictionary(worker => worker.Node);
        foreach (var candidate in PlannedWorker.StrongestFirst(planned))
        {
            if (
                !waiting.TryGetValue(candidate.Node, out var worker)
                || steps.Next(Book, planned, candidate, now) is not { } next
            )
                continue;
            _waiting.Remove(worker);
            granted.Add(Of(worker, next));
        }
    }

    private static Granted Of(WorkerRecord worker, PlannedLease planned) =>
        new(
            worker,
            planned.Lease,
            planned.Repeats is { } repeated ? LeaseOccurrences.Repeated(worker.Node, planned.Lease, repeated) : null
        );
}
