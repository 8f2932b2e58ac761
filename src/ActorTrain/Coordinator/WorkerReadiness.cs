using ActorTrain.Engines;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Follows the workers of a job until they are ready. Each prepares its engine, waits for the decision whether it fits,
/// and tests the tensor lane. Says whether there are enough of them to begin.
/// </summary>
/// <param name="minimumWorkers">Workers that must be ready before training starts.</param>
/// <param name="fingerprint">The data set that the job names; empty where it takes what most workers have.</param>
internal sealed class WorkerReadiness(int minimumWorkers, string fingerprint = "")
{
    // Others may load the data that most have while the fastest is ready; slower workers than this are not waited for.
    private static readonly TimeSpan ChoiceTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<string, NodeProtocol.Enrol> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkerHost> _workers = [];
    private readonly Dictionary<string, NodeProtocol.Enrol> _coordinators = [];

    // A worker is in one of these at a time, in this order.
    private readonly HashSet<string> _preparing = [];
    private readonly OrderedDictionary<string, (IActorRef Worker, WorkerProtocol.Prepared Prepared)> _undecided = [];
    private readonly Dictionary<string, (Candidate Candidate, string? Trouble)> _checking = [];
    private readonly Dictionary<string, Candidate> _ready = [];
    private readonly OrderedDictionary<string, string> _failures = [];

    // When each was last asked to prepare, or to test the lane.
    private readonly Dictionary<string, TimeSpan> _askedAt = [];
    private TimeSpan? _firstPreparedAt;
    private bool _isAdmissionFinal;

    /// <summary>A worker that fits.</summary>
    public sealed record Candidate(WorkerHost Host, IActorRef Worker, DeviceDescription Device, Measurement Measured)
    {
        public bool IsAskedForWeights { get; set; }

        public bool IsHandedOver { get; set; }
    }

    /// <summary>A worker that does not fit, and why.</summary>
    public readonly record struct Refused(string Node, IActorRef Worker, string Reason);

    /// <summary>What every worker must agree with; null while it is not chosen.</summary>
    public Admission? Admission { get; private set; }

    /// <summary>The actors that host the nodes' workers.</summary>
    public IEnumerable<IActorRef> WorkerNodes => _workers.Values.Select(host => host.Actor);

    /// <summary>Whether another node than this one may host the coordinator.</summary>
    public bool IsCoordinatedWithout(string node) => _coordinators.Keys.Any(other => other != node);

    /// <summary>The nodes whose algorithms a change of the job needs: its hosts, and those that may hold the
    /// coordinator.</summary>
    public IReadOnlyCollection<NodeProtocol.Enrol> HostsAndCoordinators => [.. _hosts.Values, .. _coordinators.Values];

    /// <summary>Nodes that new shards are opened on: the servers, or those that may be promoted to one.</summary>
    public IReadOnlyList<NodeProtocol.Enrol> Servers =>
        _hosts.Values.Where(host => host.Roles.Contains(NodeRoles.Server)).ToList() is var servers
        && (servers.Count > 0 || !PromotesStandbys)
            ? servers
            : [.. _hosts.Values];

    /// <summary>Whether nodes with the role standby take the place of servers where there are none.</summary>
    public bool PromotesStandbys { get; set; }

    /// <summary>Nodes that hold the job's shards; null before they are open.</summary>
    public IReadOnlyCollection<string>? ShardNodes { get; set; }

    /// <summary>Nodes that may hold shards or their copies.</summary>
    public IReadOnlyCollection<NodeProtocol.Enrol> Hosts => _hosts.Values;

    /// <summary>Where a node opens shards and standbys; null for a node that does not, or is gone.</summary>
    public IActorRef? HostOf(string node) => _hosts.GetValueOrDefault(node)?.Server;

    /// <summary>Workers that are ready.</summary>
    public int Ready => _ready.Count;

    /// <summary>Whether training can begin.</summary>
    public bool Enough => Waiting.Length == 0;

    /// <summary>What the job waits for; empty when training can begin.</summary>
    public string Waiting
    {
        get
        {
            if (Servers.Count == 0)
                return "waiting for a node with the role server";
            if (WorkersUnderWay == 0)
                return "waiting for workers to join";
            var loaded = _ready.Count + _undecided.Count;
            if (loaded < minimumWorkers)
                return $"{loaded} of {Plural.Format(minimumWorkers, "worker")} ready{Trouble}";
            return Admission is null
                ? $"{Plural.Format(_undecided.Count, "worker")} ready; "
                    + $"waiting up to {ChoiceTimeout.TotalSeconds:0} s for {Plural.Format(_preparing.Count, "other")}, "
                    + "to train on the data that most of them have"
                : "";
        }
    }

    /// <summary>
    /// Why the job cannot begin: every worker has failed. Null while it can. Names the latest failure: those before had
    /// an event each.
    /// </summary>
    public string? Hopeless
    {
        get
        {
            if (WorkersUnderWay > 0 || _failures.Count == 0)
                return null;
            var (node, failure) = _failures.GetAt(_failures.Count - 1);
            return $"no worker can take part; {node}: {failure}";
        }
    }

    private int WorkersUnderWay => _preparing.Count + _undecided.Count + _checking.Count + _ready.Count;

    private string Trouble =>
        _checking.FirstOrDefault(checking => checking.Value.Trouble is not null)
            is { Value.Trouble: { } trouble, Key: var node }
            ? $"; {node}: {trouble}"
            : "";

    /// <summary>Adopts a job: what its workers must agree with is known.</summary>
    public void Adopt(Admission admission) => (Admission, _isAdmissionFinal) = (admission, true);

    /// <summary>A node has joined. The caller asks its worker to prepare.</summary>
    public void Joined(NodeProtocol.NodeJoined joined, TimeSpan now)
    {
        var node = joined.Node;
        if (node.Server is not null)
            _hosts[node.Node] = node;
        if (node.Roles.Contains(NodeRoles.Coordinator))
            _coordinators[node.Node] = node;
        if (node.Worker is null)
            return;
        _workers[node.Node] = new WorkerHost(node.Node, joined.Restarts, node.Worker);
        _failures.Remove(node.Node);
        RemoveWorker(node.Node);
        _askedAt[node.Node] = now;
        _preparing.Add(node.Node);
    }

    /// <summary>A worker has loaded its engine and data; <see cref="Settle"/> decides whether it fits.</summary>
    public void Prepared(string node, IActorRef worker, WorkerProtocol.Prepared prepared, TimeSpan now)
    {
        // Its node may have been lost before this message arrived.
        if (!_workers.ContainsKey(node))
            return;
        _preparing.Remove(node);
        _askedAt.Remove(node);
        _undecided[node] = (worker, prepared);
        _firstPreparedAt ??= now;
    }

    /// <summary>
    /// Admits the workers that fit. What they must agree with is chosen when enough are prepared and none is waited
    /// for: what the job names, or else what most of them have.
    /// </summary>
    /// <returns>Those that do not fit.</returns>
    public IReadOnlyList<Refused> Settle(TimeSpan now)
    {
        var refused = new List<Refused>();
        if (Admission is null)
        {
            refused.AddRange(
                RefuseUndecided((node, prepared) => AdmissionChoice.RefusalBy(fingerprint, node, prepared.Dataset))
            );
            var areOthersAwaited = _preparing.Count > 0 && now - _firstPreparedAt < ChoiceTimeout;
            if (_undecided.Count < minimumWorkers || areOthersAwaited)
                return refused;
            Admission = AdmissionChoice.Create([.. _undecided.Select(ready => (ready.Key, ready.Value.Prepared))]);
        }
        refused.AddRange(RefuseUndecided(Admission.RefusalOf));
        foreach (var (node, (worker, prepared)) in _undecided)
            _checking[node] = (new Candidate(_workers[node], worker, prepared.Device, prepared.Measured), null);
        _undecided.Clear();
        return refused;
    }

    /// <summary>
    /// Workers that are to test the lane, and the servers to test it with; none before there is a server. They are
    /// asked again after a while: a message may be lost.
    /// </summary>
    public (IReadOnlyList<IActorRef> Workers, IActorRef[] Servers) TakeUnchecked(TimeSpan now)
    {
        var servers = ShardNodes is null
            ? Servers
            : [.. ShardNodes.Select(_hosts.GetValueOrDefault).OfType<NodeProtocol.Enrol>()];
        if (servers.Count == 0)
            return ([], []);
        return (
            [.. _checking.Where(checking => IsToBeAsked(checking.Key, now)).Select(it => it.Value.Candidate.Worker)],
            [.. servers.Select(server => server.Server!)]
        );
    }

    /// <summary>Workers that have not answered for a while: a message may be lost, so they are asked again.</summary>
    public IReadOnlyList<IActorRef> TakeSilent(TimeSpan now) =>
        [.. _preparing.Where(node => IsToBeAsked(node, now)).Select(node => _workers[node].Actor)];

    /// <summary>A worker has tested the lane: it is ready where tensors arrive.</summary>
    /// <param name="node">The worker's node.</param>
    /// <param name="trouble">Which lane does not work; null where all do.</param>
    /// <returns>Whether the trouble is new.</returns>
    public bool LaneChecked(string node, string? trouble)
    {
        if (!_checking.TryGetValue(node, out var checking))
            return false;
        if (trouble is not null)
        {
            _checking[node] = (checking.Candidate, trouble);
            return trouble != checking.Trouble;
        }
        _checking.Remove(node);
        _ready[node] = checking.Candidate;
        return false;
    }

    /// <summary>A worker cannot prepare.</summary>
    public void Failed(string node, string reason)
    {
        RemoveWorker(node);
        ForgetAdmissionIfEmpty();
        AddFailure(node, reason);
    }

    /// <summary>A node is lost.</summary>
    public void Lost(string node)
    {
        RemoveWorker(node);
        _hosts.Remove(node);
        _workers.Remove(node);
        _askedAt.Remove(node);
        _coordinators.Remove(node);
        ForgetAdmissionIfEmpty();
    }

    /// <summary>Ready workers that have not been asked for starting weights yet.</summary>
    public IReadOnlyList<Candidate> TakeForStartingWeights()
    {
        _isAdmissionFinal = true;
        var candidates = _ready.Values.Where(candidate => !candidate.IsAskedForWeights).ToList();
        candidates.ForEach(candidate => candidate.IsAskedForWeights = true);
        return candidates;
    }

    /// <summary>Ready workers that have not been handed over to training yet.</summary>
    public IReadOnlyList<Candidate> TakeReady()
    {
        var candidates = _ready.Values.Where(candidate => !candidate.IsHandedOver).ToList();
        candidates.ForEach(candidate => candidate.IsHandedOver = true);
        return candidates;
    }

    private List<Refused> RefuseUndecided(Func<string, WorkerProtocol.Prepared, string?> refusalOf)
    {
        var refused = new List<Refused>();
        foreach (var (node, (worker, prepared)) in _undecided)
            if (refusalOf(node, prepared) is { } reason)
                refused.Add(new Refused(node, worker, reason));
        foreach (var (node, _, reason) in refused)
        {
            _undecided.Remove(node);
            AddFailure(node, reason);
        }
        return refused;
    }

    private bool IsToBeAsked(string node, TimeSpan now)
    {
        if (_askedAt.TryGetValue(node, out var asked) && now - asked < AskAgainAfter)
            return false;
        _askedAt[node] = now;
        return true;
    }

    private void RemoveWorker(string node)
    {
        _preparing.Remove(node);
        _undecided.Remove(node);
        _checking.Remove(node);
        _ready.Remove(node);
    }

    // The latest failure is the last.
    private void AddFailure(string node, string failure)
    {
        _failures.Remove(node);
        _failures.Add(node, failure);
    }

    // Before starting weights are requested nothing depends on the admission: the next workers choose it again.
    private void ForgetAdmissionIfEmpty()
    {
        if (_ready.Count + _checking.Count > 0 || _isAdmissionFinal)
            return;
        Admission = null;
        if (_undecided.Count == 0)
            _firstPreparedAt = null;
    }
}
