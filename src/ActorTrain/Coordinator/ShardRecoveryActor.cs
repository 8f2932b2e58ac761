using ActorTrain.Consistency;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Finds the shards of a job that another job actor began, and has those restored that are lost: asks every node that
/// may have something of the job, decides by <see cref="RecoveryPlan"/>, and opens what is missing from the copies.
/// Tells its parent <see cref="Recovered"/> or <see cref="Lost"/>, and stops.
/// </summary>
internal sealed class ShardRecoveryActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    // Members that have not enrolled until then are not waited for.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private readonly JobSnapshot _snapshot;
    private readonly Admission _admission;
    private readonly Func<IActorRef, string> _nodeOf;
    private readonly HashSet<string> _awaited;
    private readonly Dictionary<string, IActorRef> _hosts = [];
    private readonly Dictionary<string, ServerProtocol.Held> _held = [];
    private readonly PlacedShard?[] _placed;
    private IReadOnlyList<RecoveryPlan.Source>? _sources;
    private (IActorRef Actor, string Node)? _buffers;
    private readonly Dictionary<(string Node, int Shard), string> _refusals = [];
    private int _generation;

    /// <summary>Recovery → job: every shard lives.</summary>
    /// <param name="Placed">Where the shards are.</param>
    /// <param name="Restored">Those that were restored.</param>
    /// <param name="NewestNumber">The newest number of a copy that is known; 0 for none.</param>
    /// <param name="CopiedAlike">The number of the newest copies of one place that all shards have on
    /// another node; 0 for none.</param>
    public sealed record Recovered(
        ShardPlacementActor.Placed Placed,
        IReadOnlyList<RecoveryPlan.Source> Restored,
        long NewestNumber,
        long CopiedAlike
    );

    /// <summary>Recovery → job: a shard is lost.</summary>
    /// <param name="Reason">Which and why, as a clause.</param>
    public sealed record Lost(string Reason);

    private sealed record AskAgain;

    private sealed record TimedOut;

    /// <param name="adopted">The job's last snapshot, with the members of the cluster.</param>
    /// <param name="nodeOf">The name of an actor's node.</param>
    public static Props Props(JobStart.Recovery adopted, Func<IActorRef, string> nodeOf) =>
        Akka.Actor.Props.Create(() => new ShardRecoveryActor(adopted, nodeOf));

    public ShardRecoveryActor(JobStart.Recovery adopted, Func<IActorRef, string> nodeOf)
    {
        (_snapshot, _admission, _nodeOf) = (adopted.Snapshot, adopted.Admission, nodeOf);
        _awaited =
        [
            .. adopted.Members.Intersect([.. _snapshot.ShardNodes, _snapshot.BuffersNode, .. _snapshot.StandbyNodes]),
        ];
        _placed = new PlacedShard?[_snapshot.Shards.Length];
        Receive<NodeProtocol.NodeJoined>(joined =>
        {
            if (joined.Node.Server is not { } host)
                return;
            _hosts[joined.Node.Node] = host;
            Ask(host);
        });
        Receive<NodeProtocol.NodeLost>(lost => Lose(lost.Node));
        Receive<ServerProtocol.Held>(held =>
        {
            var node = NodeOfSender;
            // A node that could not open a shard is not asked for it again.
            _held[node] = held with
            {
                Snapshots = [.. held.Snapshots.Where(copy => !_refusals.ContainsKey((node, copy.Shard)))],
            };
            _awaited.Remove(NodeOfSender);
            Decide();
        });
        // Answers to a plan that was given up since are ignored.
        Receive<ServerProtocol.ShardOpened>(_ => { }, opened => opened.Generation != _generation);
        Receive<ServerProtocol.BuffersOpened>(_ => { }, opened => opened.Generation != _generation);
        Receive<ServerProtocol.ShardRefused>(_ => { }, refused => refused.Generation != _generation);
        Receive<ServerProtocol.ShardOpened>(opened =>
        {
            _placed[opened.Slice.Index] ??= new PlacedShard(new ShardPlace(opened.Slice, opened.Shard), NodeOfSender);
            EndIfComplete();
        });
        Receive<ServerProtocol.BuffersOpened>(opened =>
        {
            _buffers ??= (opened.Buffers, NodeOfSender);
            EndIfComplete();
        });
        Receive<ServerProtocol.ShardRefused>(refused =>
        {
            _refusals[(NodeOfSender, refused.Slice.Index)] = refused.Reason;
            Restart();
        });
        Receive<AskAgain>(_ =>
        {
            foreach (var (_, host) in _hosts.Where(host => !_held.ContainsKey(host.Key)))
                Ask(host);
            OpenMissing();
        });
        Receive<TimedOut>(_ =>
        {
            _awaited.Clear();
            Decide();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private string NodeOfSender => _nodeOf(Sender);

    private bool HasBuffers => _admission.Model.Buffers.Length > 0;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(AskAgain), new AskAgain(), AskAgainAfter);
        Timers.StartSingleTimer(nameof(TimedOut), new TimedOut(), Timeout);
        Decide();
    }

    private void Ask(IActorRef host) => host.Tell(new ServerProtocol.GetHeld(_snapshot.JobId));

    private void Lose(string node)
    {
        _awaited.Remove(node);
        _hosts.Remove(node);
        if (_held.Remove(node) && _sources?.Any(source => source.Node == node) == true)
            Restart();
        else
            Decide();
    }

    private void Restart()
    {
        // Answers to the plan that is given up are of an older generation from now on.
        _generation++;
        (_sources, _buffers) = (null, null);
        Array.Clear(_placed);
        _awaited.UnionWith(_held.Keys);
        _held.Clear();
        foreach (var host in _hosts.Values)
            Ask(host);
    }

    private void Decide()
    {
        if (_sources is not null)
            return;
        var areAlike = _snapshot.Job.Consistency.Mode == ConsistencyMode.Synchronous && _placed.Length > 1;
        var decision = RecoveryPlan.Decide(_snapshot.ShardNodes, areAlike, _held, HasBuffers, _awaited.Count > 0);
        if (decision.Lost is { } reason)
        {
            var refusals = _refusals.Select(refusal => $"; {refusal.Key.Node} cannot go on with it: {refusal.Value}");
            Context.Parent.Tell(new Lost(reason + string.Concat(refusals)));
            Context.Stop(Self);
        }
        if (decision.Sources is null)
            return;
        _sources = decision.Sources;
        var newest = _held
            .Values.SelectMany(held => held.Shards)
            .Select(shard => shard.Generation)
            .DefaultIfEmpty(0)
            .Max();
        _generation = 1 + Math.Max(_generation, newest);
        OpenMissing();
        EndIfComplete();
    }

    private void OpenMissing()
    {
        if (_sources is null)
            return;
        foreach (var source in _sources.Where(source => !IsBuffers(source) && _placed[source.Shard] is null))
            OpenShard(source);
        if (HasBuffers && _buffers is null)
            OpenBuffers(
                _sources.FirstOrDefault(IsBuffers)
                    ?? new RecoveryPlan.Source(StandbyProtocol.Buffers, _sources[0].Node, null, null)
            );
    }

    private void OpenShard(RecoveryPlan.Source source)
    {
        var slice = _snapshot.Shards[source.Shard].Slice;
        if (source.Actor is { } shard)
            _placed[source.Shard] = new PlacedShard(new ShardPlace(slice, shard), source.Node);
        else
            _hosts
                .GetValueOrDefault(source.Node)
                ?.Tell(
                    new ServerProtocol.OpenShard(
                        _snapshot.JobId,
                        slice,
                        _snapshot.Shards.Length,
                        _snapshot.Job,
                        _admission.Dataset.TrainSamples,
                        Context.Parent,
                        _generation,
                        source.Snapshot!.Number
                    )
                );
    }

    private void OpenBuffers(RecoveryPlan.Source source)
    {
        if (source.Actor is { } living)
            _buffers = (living, source.Node);
        else
            _hosts
                .GetValueOrDefault(source.Node)
                ?.TellInPages(
                    Context.System,
                    new ServerProtocol.OpenBuffers(
                        _snapshot.JobId,
                        [.. _admission.Model.Buffers.Sections],
                        _snapshot.Job,
                        Context.Parent,
                        _generation,
                        source.Snapshot?.Number
                    ),
                    Self
                );
    }

    private void EndIfComplete()
    {
        if (_sources is null || _placed.Any(shard => shard is null) || (HasBuffers && _buffers is null))
            return;
        Context.Parent.Tell(
            new Recovered(
                new ShardPlacementActor.Placed(_placed!, _buffers?.Actor, _buffers?.Node ?? ""),
                [.. _sources.Where(source => source is { Snapshot: not null, Shard: >= 0 })],
                _held.Values.SelectMany(held => held.Snapshots).Select(held => held.Number).DefaultIfEmpty(0).Max(),
                RecoveryPlan.NewestAlike([.. _placed.Select(shard => shard!.Node)], _held)
            )
        );
        Context.Stop(Self);
    }

    private static bool IsBuffers(RecoveryPlan.Source source) => source.Shard == StandbyProtocol.Buffers;
}
