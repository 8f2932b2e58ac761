using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Serialization.Paging;
using ActorTrain.Supervision;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Server;

/// <summary>
/// Hosts parameter shards on a server node until their job closes them, and remembers for its coordinator what another
/// would need to go on. A job whose coordinator is gone has a while to be adopted by the next one.
/// </summary>
internal sealed class ServerNodeActor : ReceiveActor, IWithTimers
{
    private readonly ITensorLane _lane;
    private readonly Dictionary<string, Hosted> _jobs = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IDisposable? _admission;

    private sealed class Hosted(IActorRef owner)
    {
        public IActorRef Owner { get; set; } = owner;

        public List<(IActorRef Actor, IDisposable Admission)> Children { get; } = [];

        public JobMemory? Memory { get; set; }

        public ModelMemory? Model { get; set; }

        public JobHistory History { get; set; } = new();

        public ServerProtocol.Remembered Remembered => new(Model is not null, History.Count);

        public RecalledJob? Recalled =>
            Memory is null || Model is null ? null : new RecalledJob(Memory, Model, [.. History.Entries]);
    }

    // Jobs in a row use again what the one before had.
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);

    private sealed record Orphaned(string JobId);

    private sealed record Idle;

    public static Props Props(ITensorLane lane) => Akka.Actor.Props.Create(() => new ServerNodeActor(lane));

    public ServerNodeActor(ITensorLane lane)
    {
        _lane = lane;
        Receive<ServerProtocol.OpenShard>(open =>
            Sender.Tell(
                new ServerProtocol.ShardOpened(
                    open.JobId,
                    open.Slice,
                    Host(
                        open.JobId,
                        open.Owner,
                        open.Slice.Length,
                        ParameterShardActor.Props(ShardOf(open), _lane, open.Job.Payload)
                    )
                )
            )
        );
        Receive<ServerProtocol.OpenModelState>(open =>
        {
            var state = new ModelState(open.Sections, open.Job.IsEvaluatedAfter);
            Sender.Tell(
                new ServerProtocol.ModelStateOpened(
                    open.JobId,
                    Host(open.JobId, open.Owner, state.Length, ModelStateActor.Props(state, _lane))
                )
            );
        });
        Receive<ServerProtocol.Remember>(remember =>
        {
            if (!_jobs.TryGetValue(remember.Memory.JobId, out var job))
                return;
            job.Memory = remember.Memory;
            job.History.Take(remember.History);
            Sender.Tell(job.Remembered);
        });
        Receive<ServerProtocol.RememberModel>(remember =>
        {
            if (!_jobs.TryGetValue(remember.JobId, out var job))
                return;
            job.Model = remember.Model;
            Sender.Tell(job.Remembered);
        });
        Receive<ServerProtocol.Recall>(_ =>
            Sender.TellInPages(
                Context.System,
                new ServerProtocol.Recalled([.. _jobs.Values.Select(job => job.Recalled).OfType<RecalledJob>()]),
                Self
            )
        );
        Receive<ServerProtocol.Adopt>(adopt =>
        {
            if (!_jobs.TryGetValue(adopt.JobId, out var job))
                return;
            Timers.Cancel(adopt.JobId);
            job.Owner = Context.Watch(Sender);
            // What the coordinator before had told last is not known to this one, which tells it in its own words.
            job.History = new JobHistory();
        });
        Receive<ServerProtocol.Close>(close => Close(close.JobId));
        Receive<LaneProtocol.Probe>(_ => Sender.Tell(new LaneProtocol.ProbeArrived()));
        Receive<LaneProtocol.SendProbe>(_ => _lane.Tell(Sender, new LaneProtocol.Probe(), Self));
        Receive<LaneProtocol.Broken>(_ => { });
        Receive<Idle>(_ => _lane.GiveBack());
        Receive<Terminated>(gone =>
        {
            foreach (var (jobId, _) in _jobs.Where(job => job.Value.Owner.Equals(gone.ActorRef)))
                Timers.StartSingleTimer(jobId, new Orphaned(jobId), Adoption.Patience);
        });
        Receive<Orphaned>(orphaned =>
        {
            _log.Warning(
                "No coordinator has gone on with job {0} within {1:0} s: its shards are closed",
                orphaned.JobId,
                Adoption.Patience.TotalSeconds
            );
            Close(orphaned.JobId);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => _admission = _lane.Admit(Self, new HashSet<int> { 0 });

    protected override void PostStop()
    {
        _admission?.Dispose();
        foreach (var (_, admission) in _jobs.Values.SelectMany(job => job.Children))
            admission.Dispose();
    }

    // A shard that failed in the middle of an update has no weights to go on with: it ends, and the job with it.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private IActorRef Host(string jobId, IActorRef owner, int length, Props props)
    {
        Timers.Cancel(nameof(Idle));
        if (!_jobs.TryGetValue(jobId, out var job))
            _jobs.Add(jobId, job = new Hosted(Context.Watch(owner)));
        var child = Context.ActorOf(props);
        // Before anybody hears of it, and not when it has started: what came in between would be lost.
        job.Children.Add((child, _lane.Admit(child, new HashSet<int> { length })));
        return child;
    }

    private void Close(string jobId)
    {
        if (!_jobs.Remove(jobId, out var job))
            return;
        Timers.Cancel(jobId);
        Context.Unwatch(job.Owner);
        foreach (var (child, admission) in job.Children)
        {
            admission.Dispose();
            Context.Stop(child);
        }
        if (_jobs.Count == 0)
            Timers.StartSingleTimer(nameof(Idle), new Idle(), IdleAfter);
    }

    private ShardState ShardOf(ServerProtocol.OpenShard open) =>
        new(open.Slice.Index, open.Slice.Length, open.TrainSamples, open.Job, _lane.Memory, isOnly: open.Shards == 1);
}
