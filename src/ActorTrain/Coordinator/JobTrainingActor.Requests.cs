using ActorTrain.Job;
using ActorTrain.Protocol;
using Akka.Actor;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>
/// Requests of clients to a job that trains: cancel, pause and resume, another staleness policy or consistency model.
/// </summary>
internal sealed partial class JobTrainingActor
{
    private void ReceiveRequests()
    {
        Receive<ClientProtocol.GetStaleness>(_ =>
            Sender.Tell(new ClientProtocol.CurrentStaleness(_scheduler.Staleness, _job.ShardOptimizer))
        );
        Receive<ClientProtocol.SetStaleness>(SetStaleness);
        Receive<ClientProtocol.GetConsistency>(_ =>
            Sender.Tell(new ClientProtocol.CurrentConsistency(_scheduler.Consistency))
        );
        Receive<ClientProtocol.SetConsistency>(SetConsistency);
        Receive<ClientProtocol.Pause>(_ =>
            SetPaused(
                true,
                new EventDraft(JobPaused, "", "it was asked for", "workers finish what they hold, and get no more")
            )
        );
        Receive<ClientProtocol.Resume>(_ =>
            SetPaused(
                false,
                new EventDraft(JobResumed, "", "it was asked for", "leases and evaluations are granted again")
            )
        );
        Receive<ClientProtocol.Cancel>(_ => Cancel());
    }

    private void RejectRequests() =>
        Receive<ClientProtocol.IJobRequest>(_ => Sender.Tell(new ClientProtocol.Rejected("the job is ending")));

    private void Cancel()
    {
        _isCanceled = true;
        Timers.Cancel(nameof(GrantRound));
        foreach (var worker in _record.Active)
            worker.Worker.Tell(new WorkerProtocol.EndJob());
        Timers.StartSingleTimer(nameof(CancelTimedOut), new CancelTimedOut(), _options.CancelTimeout);
        Become(_record.Active.Any() ? Canceling : Counting);
    }

    private void SetPaused(bool paused, EventDraft draft)
    {
        if (_scheduler.SetPaused(paused, Now))
        {
            _events.Publish(draft, Now);
            TakeSnapshot();
            TellProgress(Phase);
            GrantLeases();
            SendEvaluations();
        }
        Sender.Tell(new ClientProtocol.PauseState(paused));
    }

    private void SetStaleness(ClientProtocol.SetStaleness request)
    {
        if (AlgorithmChecks.RefusalOf(request.Staleness, _job, _algorithms) is { } refusal)
        {
            Sender.Tell(new ClientProtocol.Rejected(refusal));
            return;
        }
        _scheduler.SetStaleness(request.Staleness);
        TellPolicies();
        PublishChange(StalenessChanged, request.Staleness);
        Sender.Tell(new ClientProtocol.CurrentStaleness(request.Staleness, _job.ShardOptimizer));
        GrantLeases();
    }

    private void SetConsistency(ClientProtocol.SetConsistency request)
    {
        if (AlgorithmChecks.RefusalOf(request.Consistency, _job, _placed.Shards.Length, _algorithms) is { } refusal)
        {
            Sender.Tell(new ClientProtocol.Rejected(refusal));
            return;
        }
        var consistency = request.Consistency.Resolved(_job.PushSamples, _record.Active.Count());
        if (consistency != _scheduler.Consistency)
        {
            _scheduler.SetConsistency(consistency);
            TellPolicies();
            // Leases are cut for one consistency model: workers return what they have not begun.
            foreach (var worker in _record.Active)
                worker.LeaseRequester.Tell(new WorkerProtocol.ReturnLeases());
            PublishChange(ConsistencyChanged, consistency);
            GrantLeases();
        }
        Sender.Tell(new ClientProtocol.CurrentConsistency(consistency));
    }

    private void PublishChange(string kind, object options)
    {
        _events.Publish(new EventDraft(kind, "", "it was asked for", $"from now on {options}"), Now);
        TakeSnapshot();
    }
}
