using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Remedies;
using ActorTrain.Sentences;
using ActorTrain.Serialization.Paging;
using ActorTrain.Telemetry;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Server;

/// <summary>
/// Hosts parameter shards on a server node until their job closes them, and stores the snapshots that another
/// coordinator needs to adopt the job. Without a coordinator a job ends after <see cref="Adoption.Timeout"/>.
/// </summary>
internal sealed class ServerNodeActor : ReceiveActor, IWithTimers
{
    private readonly ITensorLane _lane;
    private readonly Algorithms _algorithms;
    private readonly Dictionary<string, Hosted> _jobs = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IDisposable? _admission;

    private sealed class Hosted(IActorRef owner)
    {
        public IActorRef Owner { get; set; } = owner;

        public List<(IActorRef Actor, IDisposable Admission, int? Shard)> Children { get; } = [];

        public JobSnapshot? Snapshot { get; set; }

        public ModelSnapshot? Model { get; set; }

        public JobHistory History { get; set; } = new();

        public ServerProtocol.SnapshotStored SnapshotStored => new(Model is not null, History.Count);

        public StoredJob? StoredJob =>
            Snapshot is null || Model is null ? null : new StoredJob(Snapshot, Model, [.. History.Entries]);
    }

    // A job that follows at once reuses the memory of the one before.
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);

    private sealed record Orphaned(string JobId);

    private sealed record Idle;

    public static Props Props(ITensorLane lane, Algorithms algorithms) =>
        Akka.Actor.Props.Create(() => new ServerNodeActor(lane, algorithms));

    public ServerNodeActor(ITensorLane lane, Algorithms algorithms)
    {
        (_lane, _algorithms) = (lane, algorithms);
        Receive<ServerProtocol.OpenShard>(open => Sender.Tell(Open(open)));
        Receive<ServerProtocol.OpenBuffers>(open =>
        {
            var state = new CombinedBuffers(open.Sections, open.Job.IsEvaluatedAfter);
            Sender.Tell(
                new ServerProtocol.BuffersOpened(
                    open.JobId,
                    Host(open.JobId, open.Owner, state.Length, BuffersActor.Props(state, _lane))
                )
            );
        });
        Receive<ServerProtocol.StoreSnapshot>(store =>
        {
            if (!_jobs.TryGetValue(store.Snapshot.JobId, out var job))
                return;
            job.Snapshot = store.Snapshot;
            job.History.Add(store.History);
            Sender.Tell(job.SnapshotStored);
        });
        Receive<ServerProtocol.StoreModel>(store =>
        {
            if (!_jobs.TryGetValue(store.JobId, out var job))
                return;
            job.Model = store.Model;
            Sender.Tell(job.SnapshotStored);
        });
        Receive<ServerProtocol.GetStoredJobs>(_ =>
            Sender.TellInPages(
                Context.System,
                new ServerProtocol.StoredJobs([.. _jobs.Values.Select(job => job.StoredJob).OfType<StoredJob>()]),
                Self
            )
        );
        Receive<ServerProtocol.Adopt>(adopt =>
        {
            if (!_jobs.TryGetValue(adopt.JobId, out var job))
                return;
            Timers.Cancel(adopt.JobId);
            job.Owner = Context.Watch(Sender);
            // This coordinator does not know what the earlier one stored last, and stores the history anew.
            job.History = new JobHistory();
        });
        Receive<ServerProtocol.Close>(close => Close(close.JobId));
        Receive<LaneProtocol.Probe>(_ => Sender.Tell(new LaneProtocol.ProbeArrived()));
        Receive<LaneProtocol.SendProbe>(_ => _lane.Tell(Sender, new LaneProtocol.Probe(), Self));
        Receive<LaneProtocol.Broken>(_ => { });
        Receive<Idle>(_ => _lane.GiveBack());
        Receive<Terminated>(terminated =>
        {
            foreach (var (jobId, _) in _jobs.Where(job => job.Value.Owner.Equals(terminated.ActorRef)))
                Timers.StartSingleTimer(jobId, new Orphaned(jobId), Adoption.Timeout);
        });
        Receive<Orphaned>(orphaned =>
        {
            _log.ShardsNotAdopted(orphaned.JobId, Adoption.Timeout.TotalSeconds);
            Close(orphaned.JobId);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => _admission = _lane.Admit(Self, new HashSet<int> { 0 });

    protected override void PostStop()
    {
        _admission?.Dispose();
        foreach (var (_, admission, _) in _jobs.Values.SelectMany(job => job.Children))
            admission.Dispose();
    }

    // A shard that fails in the middle of an update has no valid weights: it stops, and the job ends.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(failure =>
        {
            // During supervision the sender is the child that failed.
            TellOwner(Sender, failure);
            return Directive.Stop;
        });

    /// <param name="jobId">The job.</param>
    /// <param name="owner">The job's actor.</param>
    /// <param name="length">Numbers of a tensor that is sent to the child.</param>
    /// <param name="props">The child.</param>
    /// <param name="shard">The shard's number, from 0; null for buffers.</param>
    private IActorRef Host(string jobId, IActorRef owner, int length, Props props, int? shard = null)
    {
        Timers.Cancel(nameof(Idle));
        if (!_jobs.TryGetValue(jobId, out var job))
            _jobs.Add(jobId, job = new Hosted(Context.Watch(owner)));
        var child = Context.ActorOf(props);
        // Admitted before any node knows the actor: a tensor that arrived earlier would be lost.
        job.Children.Add((child, _lane.Admit(child, new HashSet<int> { length }), shard));
        return child;
    }

    private void TellOwner(IActorRef child, Exception failure)
    {
        foreach (var (jobId, job) in _jobs)
            if (job.Children.Find(hosted => hosted.Actor.Equals(child)) is { Shard: { } index })
                job.Owner.Tell(new ServerProtocol.ShardFailed(jobId, index, failure.AsReason()));
    }

    private void Close(string jobId)
    {
        if (!_jobs.Remove(jobId, out var job))
            return;
        Timers.Cancel(jobId);
        Context.Unwatch(job.Owner);
        foreach (var (child, admission, _) in job.Children)
        {
            admission.Dispose();
            Context.Stop(child);
        }
        if (_jobs.Count == 0)
            Timers.StartSingleTimer(nameof(Idle), new Idle(), IdleAfter);
    }

    private object Open(ServerProtocol.OpenShard open)
    {
        ShardState shard;
        try
        {
            shard = new ShardState(
                open.Slice.Index,
                open.Slice.Length,
                open.TrainSamples,
                open.Job,
                _lane.Memory,
                isOnly: open.Shards == 1,
                _algorithms
            );
        }
        // This node may lack an algorithm that another has added, or it throws.
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return new ServerProtocol.ShardRefused(open.JobId, open.Slice, failure.AsReason());
        }
        var props = ParameterShardActor.Props(shard, _lane, open.Job.TransferDType);
        return new ServerProtocol.ShardOpened(
            open.JobId,
            open.Slice,
            Host(open.JobId, open.Owner, open.Slice.Length, props, open.Slice.Index)
        );
    }
}
