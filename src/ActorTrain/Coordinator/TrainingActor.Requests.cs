using ActorTrain.Job;
using ActorTrain.Server;
using ActorTrain.Supervision;
using ActorTrain.Worker;
using Akka.Actor;
using static ActorTrain.Supervision.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>What may be asked of a job that trains: stop, pause and resume, another staleness policy.</summary>
internal sealed partial class TrainingActor
{
    private JobPhase Phase => _desk.Paused ? JobPhase.Paused : _desk.Book.Complete ? JobPhase.Finishing : JobPhase.Training;

    private void Requests()
    {
        Receive<ClientProtocol.GetStaleness>(_ => Sender.Tell(new ClientProtocol.StalenessIs(_desk.Staleness)));
        Receive<ClientProtocol.Govern>(Govern);
        Receive<ClientProtocol.Pause>(_ => SetPaused(true, new Occurrence(JobPaused, "", "it was asked for", "workers finish what they hold, and get no more")));
        Receive<ClientProtocol.Resume>(_ => SetPaused(false, new Occurrence(JobResumed, "", "it was asked for", "leases and evaluations are handed out again")));
        Receive<ClientProtocol.Stop>(_ =>
        {
            _stopped = true;
            Timers.Cancel("round");
            foreach (var worker in _record.Active) worker.Worker.Tell(new WorkerProtocol.EndJob());
            Timers.StartSingleTimer("patience", new OutOfPatience(), _options.StopPatience);
            Become(_record.Active.Any() ? Stopping : Counting);
        });
    }

    private void SetPaused(bool paused, Occurrence occurrence)
    {
        if (_desk.Paused != paused)
        {
            _desk.Paused = paused;
            _events.Tell(occurrence, Now);
            Remember();
            TellProgress(Phase);
            GrantWaiting();
            GiveEvaluations();
        }
        Sender.Tell(new ClientProtocol.PauseIs(paused));
    }

    private void Ending() => Receive<ClientProtocol.IJobRequest>(_ => Sender.Tell(new ClientProtocol.Rejected("the job is ending")));

    private void Govern(ClientProtocol.Govern govern)
    {
        _desk.Govern(govern.Staleness);
        foreach (var shard in _placed.Shards) shard.Place.Shard.Tell(new ShardProtocol.Govern(govern.Staleness));
        _events.Tell(new Occurrence(StalenessChanged, "", "it was asked for", $"from now on {govern.Staleness}"), Now);
        Remember();
        Sender.Tell(new ClientProtocol.StalenessIs(govern.Staleness));
        GrantWaiting();
    }
}
