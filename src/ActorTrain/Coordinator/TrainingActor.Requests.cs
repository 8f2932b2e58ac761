using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Server;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using ActorTrain.Worker;
using Akka.Actor;
using static ActorTrain.Supervision.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>
/// What may be asked of a job that trains: stop, pause and resume, another staleness policy or consistency.
/// </summary>
internal sealed partial class TrainingActor
{
    private JobPhase Phase =>
        _desk.Paused ? JobPhase.Paused
        : _desk.Book.Complete ? JobPhase.Finishing
        : JobPhase.Training;

    private void Requests()
    {
        Receive<ClientProtocol.GetStaleness>(_ =>
            Sender.Tell(new ClientProtocol.StalenessIs(_desk.Staleness, _job.ShardOptimizer))
        );
        Receive<ClientProtocol.Govern>(Govern);
        Receive<ClientProtocol.GetConsistency>(_ => Sender.Tell(new ClientProtocol.ConsistencyIs(_desk.Consistency)));
        Receive<ClientProtocol.March>(March);
        Receive<ClientProtocol.Pause>(_ =>
            SetPaused(
                true,
                new Occurrence(JobPaused, "", "it was asked for", "workers finish what they hold, and get no more")
            )
        );
        Receive<ClientProtocol.Resume>(_ =>
            SetPaused(
                false,
                new Occurrence(JobResumed, "", "it was asked for", "leases and evaluations are handed out again")
            )
        );
        Receive<ClientProtocol.Stop>(_ =>
        {
            _stopped = true;
            Timers.Cancel("round");
            foreach (var worker in _record.Active)
                worker.Worker.Tell(new WorkerProtocol.EndJob());
            Timers.StartSingleTimer("patience", new OutOfPatience(), _options.StopPatience);
            Become(_record.Active.Any() ? Stopping : Counting);
        });
    }

    private void SetPaused(bool paused, Occurrence occurrence)
    {
        if (_desk.Paused != paused)
        {
            _desk.Paused = paused;
            // Who held a lease could not go on with it.
            if (!paused)
                _desk.Book.Renew(Now);
            _events.Tell(occurrence, Now);
            Remember();
            TellProgress(Phase);
            GrantWaiting();
            GiveEvaluations();
        }
        Sender.Tell(new ClientProtocol.PauseIs(paused));
    }

    private void Ending() =>
        Receive<ClientProtocol.IJobRequest>(_ => Sender.Tell(new ClientProtocol.Rejected("the job is ending")));

    private void Govern(ClientProtocol.Govern govern)
    {
        if (WrongIn(() => JobOptionsReader.Check(govern.Staleness, _job.ShardOptimizer)) is { } wrong)
        {
            Sender.Tell(new ClientProtocol.Rejected(wrong));
            return;
        }
        _desk.Govern(govern.Staleness);
        GovernShards();
        _events.Tell(new Occurrence(StalenessChanged, "", "it was asked for", $"from now on {govern.Staleness}"), Now);
        Remember();
        Sender.Tell(new ClientProtocol.StalenessIs(govern.Staleness, _job.ShardOptimizer));
        GrantWaiting();
    }

    // Whoever asks may be of another build, or have made the options by hand.
    private static string? WrongIn(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (ActorTrainException wrong)
        {
            return wrong.AsClause();
        }
    }

    // What workers hold was cut for another march: they leave what they have not begun.
    private void March(ClientProtocol.March march)
    {
        if (WrongIn(() => JobOptionsReader.Check(march.Consistency)) is { } wrong)
        {
            Sender.Tell(new ClientProtocol.Rejected(wrong));
            return;
        }
        if (
            ConsistencyModes.Misfit(march.Consistency, _job.LocalSteps, _job.Payload, _placed.Shards.Length)
            is var (setting, right)
        )
        {
            Sender.Tell(new ClientProtocol.Rejected($"its {setting} must be {right}"));
            return;
        }
        var consistency = march.Consistency.Resolved(_job.PushSamples, _record.Active.Count());
        if (consistency != _desk.Consistency)
        {
            _desk.March(consistency);
            GovernShards();
            foreach (var worker in _record.Active)
                worker.Trainer.Tell(new WorkerProtocol.Recall());
            _events.Tell(new Occurrence(ConsistencyChanged, "", "it was asked for", $"from now on {consistency}"), Now);
            Remember();
            GrantWaiting();
        }
        Sender.Tell(new ClientProtocol.ConsistencyIs(consistency));
    }
}
