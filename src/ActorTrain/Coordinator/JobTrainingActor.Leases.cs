using ActorTrain.Consistency;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>Leases from grant to end, the counts of the shards, and the epochs that these complete.</summary>
internal sealed partial class JobTrainingActor
{
    /// <summary>Results of workers and shards, which count also while the job is being canceled.</summary>
    private void ReceiveResults()
    {
        Receive<WorkerProtocol.LeaseEnded>(EndLease);
        Receive<WorkerProtocol.Evaluated>(evaluated =>
        {
            _evaluations.Succeeded(evaluated, _completedEpochs);
            if (!_isCanceled)
                SendEvaluations();
            CountIfComplete();
        });
        Receive<ShardProtocol.Counts>(counts =>
        {
            foreach (var worker in _record.Progressing(counts))
                _scheduler.Table.Renew(worker, Now);
            var settled = _record.Round;
            _record.Counted(counts, Now);
            _telemetry.Applied(_record.SamplesApplied);
            if (_record.Round == settled)
                return;
            _scheduler.Settle(_record.Round);
            if (_countRounds.IsRequestedAgain)
                RequestCounts();
            CompleteEpochs();
        });
        Receive<RaiseEvent>(request => Raise(request.Event));
        Receive<SnapshotDue>(_ => TakeSnapshot());
    }

    private void EndLease(WorkerProtocol.LeaseEnded ended)
    {
        if (_incarnations.Find(ended.Worker) is not { } worker)
            return;
        var (quarantined, hopeless, draft) = _scheduler.End(worker, ended, Now, _countRounds.Next);
        _telemetry.LeaseEnded(worker.Node, worker.Throughput);
        if (_isCanceled)
            return;
        if (draft is { } change)
            Raise(change);
        if (hopeless is not null)
        {
            Context.Parent.Tell(new Failed(hopeless));
            return;
        }
        if (quarantined)
            Quarantine(worker);
        // Refused samples are granted again as soon as the shards have reported what they have applied.
        if (_scheduler.Table.InDoubt)
            RequestCounts();
        CompleteEpochs();
    }

    private void ExpireLeases()
    {
        foreach (var expired in _scheduler.Expire(Now, _options.LeaseTimeout, _countRounds.Next))
            Raise(expired);
    }

    private void CompleteEpochs()
    {
        if (_isCanceled)
            return;
        while (_completedEpochs < _scheduler.Table.CompleteEpochs)
        {
            _record.EpochCompleted(++_completedEpochs, Now);
            _telemetry.EpochCompleted(_completedEpochs);
            _evaluations.Request(_completedEpochs);
        }
        SendEvaluations();
        _evaluations.KeepPace(_completedEpochs);
        GrantLeases();
        CountIfComplete();
    }

    private void GrantLeases()
    {
        var interval = _scheduler.RoundInterval;
        SendLeases(_scheduler.Grant(Now, everyone: interval == TimeSpan.Zero));
        if (_scheduler.Consistency.CountsContributions && _scheduler.Contributions != _contributions)
            TellPolicies();
        if (_scheduler.HasRequests && interval > TimeSpan.Zero && !Timers.IsTimerActive(nameof(GrantRound)))
            Timers.StartSingleTimer(nameof(GrantRound), new GrantRound(), interval);
    }

    private void SendLeases(IReadOnlyList<LeaseScheduler.Granted> leases)
    {
        var (isRaced, isPaced) = (_scheduler.Consistency.CountsContributions, _scheduler.Consistency.IsPaced);
        foreach (var (worker, lease, draft) in leases)
        {
            worker.LeaseRequester.Tell(new WorkerProtocol.Granted(lease, isRaced, isPaced));
            if (draft is { } repeated)
                Raise(repeated);
        }
    }

    private void SendEvaluations() => _evaluations.Send(Now, _completedEpochs);

    private void CountIfComplete()
    {
        if (!_isCanceled && _scheduler.IsDone && !_evaluations.AreOpen)
            Become(Counting);
    }

    // Policies may change in a job, and the number of gradients of a step changes with its workers and at its end. Sent
    // every second as well: a message may be lost.
    private void TellPolicies() => TellPolicies(_scheduler.Consistency);

    private void TellPolicies(ConsistencyOptions consistency)
    {
        _contributions = consistency.CountsContributions ? _scheduler.Contributions : 1;
        _placed.TellShards(new ShardProtocol.SetPolicies(_scheduler.Staleness, consistency, _contributions));
    }

    private void RequestCounts()
    {
        if (_countRounds.TryBegin(_record.Round, Now))
            _placed.TellShards(new ShardProtocol.GetCounts(_countRounds.Current));
    }
}
