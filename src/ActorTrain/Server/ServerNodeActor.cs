using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Protocol;
using ActorTrain.Remedies;
using ActorTrain.Sentences;
using ActorTrain.Serialization;
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
    private readonly Dictionary<string, HostedJob> _jobs = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IDisposable? _admission;

    // A job that follows at once reuses the memory of the one before.
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);

    private sealed record Orphaned(string JobId);

    private sealed record Idle;

    public static Props Props(ITensorLane lane, Algorithms algorithms) =>
        Akka.Actor.Props.Create(() => new ServerNodeActor(lane, algorithms));

    public ServerNodeActor(ITensorLane lane, Algorithms algorithms)
    {
        (_lane, _algorithms) = (lane, algorithms);
        Receive<ServerProtocol.OpenShard>(open =>
        {
            var job = JobOf(open.JobId, open.Owner);
            if (open.Snapshot is not { } number)
                Sender.Tell(job.Open(open));
            else if (job.HolderOf(open.Slice.Index, number) is { } holder)
                holder.Tell(new StandbyActor.Take(open.JobId, number, open, Sender));
            else
                Sender.Tell(HostedJob.Refused(open));
        });
        Receive<ServerProtocol.OpenBuffers>(open =>
        {
            var job = JobOf(open.JobId, open.Owner);
            if (open.Snapshot is { } number && job.HolderOf(StandbyProtocol.Buffers, number) is { } holder)
                holder.Tell(new StandbyActor.Take(open.JobId, number, open, Sender));
            else
                Sender.Tell(job.Open(open));
        });
        Receive<StandbyActor.Taken>(Restore);
        Receive<ServerProtocol.OpenStandby>(open => Sender.Tell(JobOf(open.JobId, open.Owner).Open(open)));
        Receive<SnapshotSenderActor.Send>(send =>
            Context.ActorOf(SnapshotSenderActor.Props(send.Shard, _lane, isOnce: true)).Forward(send)
        );
        Receive<CheckpointActor.Open>(open => JobOf(open.JobId, Sender).Begin(open));
        Receive<StandbyActor.Holds>(holds =>
        {
            foreach (var job in _jobs.Values)
                job.Holds(Sender, holds.Snapshots);
        });
        Receive<ServerProtocol.CloseOtherStandbys>(close =>
        {
            if (_jobs.TryGetValue(close.JobId, out var job) && !job.CloseStandbysBut(close.Standbys))
                Close(close.JobId);
        });
        Receive<ServerProtocol.GetHeld>(get =>
            Sender.TellInPages(
                Context.System,
                _jobs.GetValueOrDefault(get.JobId)?.Describe(get.JobId) ?? new ServerProtocol.Held(get.JobId, [], []),
                Self
            )
        );
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
            job.CloseAllBut(adopt.Shards);
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
        foreach (var job in _jobs.Values)
            job.Close();
    }

    // A shard that fails in the middle of an update has no valid weights: it stops, and the job ends.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(failure =>
        {
            // During supervision the sender is the child that failed.
            TellOwner(Sender, failure);
            return Directive.Stop;
        });

    private HostedJob JobOf(string jobId, IActorRef owner)
    {
        Timers.Cancel(nameof(Idle));
        if (!_jobs.TryGetValue(jobId, out var job))
            _jobs.Add(jobId, job = new HostedJob(Context.Watch(owner), Context, _lane, _algorithms));
        if (!job.Owner.Equals(owner))
        {
            Timers.Cancel(jobId);
            job.Owner = Context.Watch(owner);
        }
        return job;
    }

    private void TellOwner(IActorRef child, Exception failure)
    {
        foreach (var (jobId, job) in _jobs)
            if (job.Failed(jobId, child, failure) is { } message)
                job.Owner.Tell(message);
    }

    private void Close(string jobId)
    {
        if (!_jobs.Remove(jobId, out var job))
            return;
        Timers.Cancel(jobId);
        Context.Unwatch(job.Owner);
        job.Close();
        if (_jobs.Count == 0)
            Timers.StartSingleTimer(nameof(Idle), new Idle(), IdleAfter);
    }

    private void Restore(StandbyActor.Taken taken)
    {
        var (request, record, vectors) = taken;
        if (_jobs.TryGetValue(request.JobId, out var job))
            request.Sender.Tell(job.Restore(request.Open, record, vectors));
        foreach (var vector in vectors)
            vector.Release();
    }
}
