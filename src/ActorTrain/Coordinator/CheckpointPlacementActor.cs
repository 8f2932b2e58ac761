using ActorTrain.Checkpoints;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Serialization;
using ActorTrain.Serialization.Paging;
using ActorTrain.Server;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Opens the shards of a job that goes on from a checkpoint: sends each server its part of the state, as to a standby,
/// and has the shard opened from it. Tells its parent <see cref="ShardPlacementActor.Placed"/> or
/// <see cref="ShardPlacementActor.Refused"/>, and stops.
/// </summary>
internal sealed class CheckpointPlacementActor : ReceiveActor, IWithTimers
{
    private const long Number = 1;
    private const int Generation = 1;
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private readonly SortedDictionary<int, Part> _parts = [];
    private readonly IActorRef _loader;
    private readonly string _jobId;

    /// <summary>A shard, or the buffers.</summary>
    private sealed class Part(NodeProtocol.Enrol host, Snapshot snapshot, int length, IWireMessage open)
    {
        public NodeProtocol.Enrol Host => host;

        public Snapshot Snapshot => snapshot;

        public int Length => length;

        public IWireMessage Open => open;

        public bool IsSending { get; set; }

        public bool HasArrived { get; set; }

        public IActorRef? Opened { get; set; }
    }

    private sealed record AskAgain;

    private sealed record TimedOut;

    /// <param name="jobId">The job.</param>
    /// <param name="job">Its options.</param>
    /// <param name="resumed">The checkpoint.</param>
    /// <param name="admission">What its workers agree with.</param>
    /// <param name="servers">The nodes that get the shards.</param>
    /// <param name="loader">The coordinator's own server node, which sends the parts.</param>
    public static Props Props(
        string jobId,
        JobOptions job,
        ResumedJob resumed,
        Admission admission,
        IReadOnlyList<NodeProtocol.Enrol> servers,
        IActorRef loader
    ) => Akka.Actor.Props.Create(() => new CheckpointPlacementActor(jobId, job, resumed, admission, servers, loader));

    public CheckpointPlacementActor(
        string jobId,
        JobOptions job,
        ResumedJob resumed,
        Admission admission,
        IReadOnlyList<NodeProtocol.Enrol> servers,
        IActorRef loader
    )
    {
        (_jobId, _loader) = (jobId, loader);
        AddShards(job, resumed.State, admission, servers);
        if (resumed.Manifest.Buffers is { } buffers)
            AddBuffers(job, buffers, resumed.Found.Checkpoint.Buffers, admission, servers[0]);
        Receive<ServerProtocol.StandbyOpened>(opened =>
        {
            var part = _parts[opened.Shard];
            if (part.IsSending)
                return;
            part.IsSending = true;
            _loader.Tell(
                new SnapshotSenderActor.Send(
                    new StandbyProtocol.Copy(Number, new SampleRange(1, 0, 0), opened.Standby, Share: 1, 0, false),
                    Self,
                    part.Snapshot.Retain()
                )
            );
        });
        Receive<StandbyProtocol.Copied>(copied =>
        {
            _parts[copied.Shard].HasArrived = true;
            OpenAll();
        });
        Receive<ServerProtocol.ShardOpened>(opened => Opened(opened.Slice.Index, opened.Shard));
        Receive<ServerProtocol.BuffersOpened>(opened => Opened(StandbyProtocol.Buffers, opened.Buffers));
        Receive<ServerProtocol.ShardRefused>(refused =>
        {
            Context.Parent.Tell(new ShardPlacementActor.Refused(_parts[refused.Slice.Index].Host.Node, refused.Reason));
            Context.Stop(Self);
        });
        Receive<AskAgain>(_ => OpenAll());
        Receive<TimedOut>(_ =>
        {
            var late = _parts.Values.First(part => part.Opened is null).Host.Node;
            var reason = $"its part of the checkpoint has not arrived within {Timeout.TotalMinutes:0} min";
            Context.Parent.Tell(new ShardPlacementActor.Refused(late, reason));
            Context.Stop(Self);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(AskAgain), new AskAgain(), AskAgainAfter);
        Timers.StartSingleTimer(nameof(TimedOut), new TimedOut(), Timeout);
        OpenAll();
    }

    protected override void PostStop()
    {
        foreach (var part in _parts.Values)
            part.Snapshot.Release();
    }

    private void AddShards(
        JobOptions job,
        CheckpointState state,
        Admission admission,
        IReadOnlyList<NodeProtocol.Enrol> servers
    )
    {
        var slices = ShardPlacementActor.Slices(job, admission.Model, servers);
        var parts = state.Cut(slices, new ShardProtocol.SetPolicies(job.Staleness, job.Consistency, 1));
        foreach (var (slice, record, vectors) in parts)
            _parts[slice.Index] = new Part(
                servers[slice.Index % servers.Count],
                new ShardSnapshot(record, [.. vectors.Select(TensorSlice.From)]).ToSnapshot(),
                slice.Length,
                new ServerProtocol.OpenShard(
                    _jobId,
                    slice,
                    slices.Count,
                    job,
                    admission.Dataset.TrainSamples,
                    Context.Parent,
                    Generation,
                    Number
                )
            );
    }

    private void AddBuffers(
        JobOptions job,
        BuffersRecord record,
        IReadOnlyList<float[]> vectors,
        Admission admission,
        NodeProtocol.Enrol host
    ) =>
        _parts[StandbyProtocol.Buffers] = new Part(
            host,
            new Snapshot(
                new SnapshotRecord(null, record, vectors.Count),
                [.. vectors.Select(vector => TensorSlice.From(vector))]
            ),
            admission.Model.Buffers.Length,
            new ServerProtocol.OpenBuffers(
                _jobId,
                [.. admission.Model.Buffers.Sections],
                job,
                Context.Parent,
                Generation,
                Number
            )
        );

    /// <summary>Asks for what is missing: a message may be lost, and to be asked again changes nothing.</summary>
    private void OpenAll()
    {
        foreach (var (shard, part) in _parts)
        {
            if (part.Opened is not null)
                continue;
            if (part.HasArrived)
                part.Host.Server!.TellInPages(Context.System, part.Open, Self);
            else if (!part.IsSending)
                part.Host.Server!.Tell(new ServerProtocol.OpenStandby(_jobId, shard, part.Length, Context.Parent));
        }
    }

    private void Opened(int shard, IActorRef actor)
    {
        _parts[shard].Opened = actor;
        if (_parts.Values.Any(part => part.Opened is null))
            return;
        // The job's standbys are on other nodes.
        foreach (var host in _parts.Values.Select(part => part.Host.Server!).Distinct())
            host.Tell(new ServerProtocol.CloseOtherStandbys(_jobId, []));
        var shards = _parts.Where(part => part.Key >= 0).Select(part => (part.Key, part.Value)).ToList();
        Context.Parent.Tell(
            new ShardPlacementActor.Placed(
                [
                    .. shards.Select(part => new PlacedShard(
                        new ShardPlace(((ServerProtocol.OpenShard)part.Value.Open).Slice, part.Value.Opened!),
                        part.Value.Host.Node
                    )),
                ],
                _parts.GetValueOrDefault(StandbyProtocol.Buffers)?.Opened,
                shards[0].Value.Host.Node
            )
        );
        Context.Stop(Self);
    }
}
