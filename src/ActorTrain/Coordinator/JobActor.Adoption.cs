using ActorTrain.Job;
using ActorTrain.Serialization.Paging;
using ActorTrain.Server;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>How a job is left for another coordinator to go on with, and how that one does.</summary>
internal sealed partial class JobActor
{
    private static readonly TimeSpan ServerPatience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<IActorRef, ServerProtocol.Remembered> _remembered = [];
    private bool _stopAsked;

    private sealed record OutOfPatience;

    public JobActor(RecalledJob recalled, CoordinatorContext context)
    {
        var memory = recalled.Memory;
        (_jobId, _job, _client, _context) = (memory.JobId, memory.Job, memory.Client, context);
        _gathering = new Gathering(memory.Job.MinimumWorkers);
        var admission = new Admission(recalled.Model.AdmittedBy, recalled.Model.Admitted);
        _history.Take(new HistoryPage(0, recalled.History, recalled.History.Length));
        _gathering.Resume(admission);
        _placed = new ShardPlacementActor.Placed(
            [.. memory.Shards.Zip(memory.ShardNodes, (place, node) => new PlacedShard(place, node))],
            memory.ModelState
        );
        _record = JobRecord.Resume(memory.Job, admission, memory.Record, _history, _placed.Shards, Now);
        FindingServers(new TrainingActor.Resumption(memory.Incarnations, memory.Paused));
    }

    /// <summary>Another coordinator has begun the job: it goes on when all its servers are here.</summary>
    private void FindingServers(TrainingActor.Resumption resumption)
    {
        _trains = true;
        Timers.StartSingleTimer("servers", new OutOfPatience(), ServerPatience);
        Admitting(GoOnIfAllAreHere);
        Receive<Tick>(_ => Settle(training: null));
        // What the shards hold can be had, and is wanted.
        Receive<ClientProtocol.Stop>(_ => _stopAsked = true);
        Receive<ClientProtocol.StopJob>(_ =>
        {
            _stopAsked = true;
            Sender.Tell(new ClientProtocol.Stopping());
        });
        Receive<OutOfPatience>(_ => Fail($"the server node {Missing.First()} is lost, and its shards with it"));
        BeforeTraining();
        GoOnIfAllAreHere();

        void GoOnIfAllAreHere()
        {
            if (Missing.Any())
                return;
            Timers.Cancel("servers");
            foreach (var server in _gathering.Servers)
                server.Server!.Tell(new ServerProtocol.Adopt(_jobId));
            foreach (var shard in _placed!.Shards)
                Context.Watch(shard.Place.Shard);
            _client.Tell(new ClientProtocol.Adopted(_jobId));
            Become(() => Training(resumption));
        }
    }

    private IEnumerable<string> Missing =>
        _placed!.Shards.Select(shard => shard.Node).Except(_gathering.Servers.Select(server => server.Node));

    /// <summary>Whether another coordinator would find all that it needs.</summary>
    private bool CanMove =>
        _placed is not null
        && _gathering.Coordinators.Any(node => node != _context.Node)
        && _placed.Shards.All(shard => shard.Node != _context.Node);

    private void Remember(TrainingActor.Remembered remembered)
    {
        _history.Update(remembered.CompletedEpochs, remembered.Events);
        var memory = new JobMemory(
            _jobId,
            _job with
            {
                Staleness = remembered.Staleness,
                Consistency = remembered.Consistency,
            },
            _client,
            Places,
            [.. _placed!.Shards.Select(shard => shard.Node)],
            _placed.ModelState,
            remembered.Incarnations,
            remembered.Paused,
            remembered.Record
        );
        foreach (var server in _gathering.Servers)
        {
            var known = _remembered.GetValueOrDefault(server.Server!) ?? new ServerProtocol.Remembered(false, 0);
            var model = new ModelMemory(_gathering.Admission!.FirstNode, _gathering.Admission.First);
            if (!known.HasModel)
                server.Server!.TellInPages(Context.System, new ServerProtocol.RememberModel(_jobId, model), Self);
            server.Server!.TellInPages(
                Context.System,
                new ServerProtocol.Remember(memory, _history.From(known.History)),
                Self
            );
        }
    }
}
