using ActorTrain.Hosting;
using ActorTrain.Sentences;
using ActorTrain.Worker;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Who has come to a job: which workers are making ready, fit, or do not, and whether there are enough of them to
/// begin.
/// </summary>
/// <param name="minimumWorkers">Workers that must be ready before training starts.</param>
/// <param name="fingerprint">The data set that the job names; empty where it takes what most workers have.</param>
internal sealed class Gathering(int minimumWorkers, string fingerprint = "")
{
    // So that the fastest does not decide for all; those that take longer to load are not waited for.
    private static readonly TimeSpan ChoiceWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<string, NodeProtocol.Enrol> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkerHost> _workers = [];
    private readonly HashSet<string> _coordinators = [];
    private readonly HashSet<string> _preparing = [];
    private readonly Dictionary<string, Candidate> _ready = [];
    private readonly OrderedDictionary<string, (IActorRef Worker, WorkerProtocol.Prepared Prepared)> _undecided = [];
    private readonly Dictionary<string, (Candidate Candidate, string? Trouble)> _checking = [];

    // When each was asked last for what is awaited of it: to make ready, or to try the lane.
    private readonly Dictionary<string, TimeSpan> _askedAt = [];
    private TimeSpan? _firstReadyAt;
    private readonly OrderedDictionary<string, string> _failures = [];

    /// <summary>A worker that fits.</summary>
    public sealed record Candidate(WorkerHost Host, IActorRef Worker, DeviceDescription Device, Measurement Measured)
    {
        public bool Asked { get; set; }

        public bool Taken { get; set; }
    }

    /// <summary>A worker that does not fit, and why.</summary>
    public readonly record struct Refused(string Node, IActorRef Worker, string Reason);

    /// <summary>What every worker must agree with; null while it is not chosen.</summary>
    public Admission? Admission { get; private set; }

    /// <summary>Where the nodes' workers are hosted.</summary>
    public IEnumerable<IActorRef> WorkerNodes => _workers.Values.Select(host => host.Actor);

    /// <summary>Nodes that may hold the coordinator.</summary>
    public IReadOnlySet<string> Coordinators => _coordinators;

    public IReadOnlyList<NodeProtocol.Enrol> Servers => [.. _servers.Values];

    /// <summary>Workers that are ready.</summary>
    public int Ready => _ready.Count;

    public bool Enough => Waiting.Length == 0;

    /// <summary>What is being waited for, in words; empty when there is enough to begin.</summary>
    public string Waiting =>
        _servers.Count == 0 ? "waiting for a node with the role server"
        : _ready.Count == 0 && _undecided.Count == 0 && _preparing.Count == 0 && _checking.Count == 0
            ? "waiting for workers to join"
        : _ready.Count + _undecided.Count < minimumWorkers
            ? $"{_ready.Count + _undecided.Count} of {Plural.Of(minimumWorkers, "worker")} ready{Trouble}"
        : Admission is null
            ? $"{Plural.Of(_undecided.Count, "worker")} ready; waiting up to {ChoiceWait.TotalSeconds:0} s for "
                + $"{Plural.Of(_preparing.Count, "other")}, to train on the data that most of them have"
        : "";

    /// <summary>
    /// Why nothing will come of it: every worker there is has failed. Null while there is hope. The latest failure is
    /// named: those before it have been told, each as an event of its own.
    /// </summary>
    public string? Hopeless =>
        _ready.Count + _undecided.Count + _preparing.Count + _checking.Count == 0 && _failures.Count > 0
            ? $"no worker can take part; {_failures.GetAt(_failures.Count - 1).Key}: "
                + $"{_failures.GetAt(_failures.Count - 1).Value}"
            : null;

    /// <summary>
    /// Goes on with a job that another coordinator has begun: what its workers must agree with is known.
    /// </summary>
    public void Resume(Admission admission) => (Admission, _begun) = (admission, true);

    /// <summary>A node is here. Its worker is asked to make ready by whoever says so.</summary>
    public void Joined(NodeProtocol.NodeJoined joined, TimeSpan now)
    {
        var node = joined.Node;
        if (node.Server is not null)
            _servers[node.Node] = node;
        if (node.Roles.Contains(NodeRoles.Coordinator))
            _coordinators.Add(node.Node);
        if (node.Worker is null)
            return;
        _workers[node.Node] = new WorkerHost(node.Node, joined.Restarts, node.Worker);
        _failures.Remove(node.Node);
        _ready.Remove(node.Node);
        _undecided.Remove(node.Node);
        _checking.Remove(node.Node);
        _askedAt[node.Node] = now;
        _preparing.Add(node.Node);
    }

    /// <summary>A worker has its engine and its data; <see cref="Settle"/> says whether it fits.</summary>
    public void Prepared(string node, IActorRef worker, WorkerProtocol.Prepared prepared, TimeSpan now)
    {
        // It may be lost by the time that this comes.
        if (!_workers.ContainsKey(node))
            return;
        _preparing.Remove(node);
        _askedAt.Remove(node);
        _undecided[node] = (worker, prepared);
        _firstReadyAt ??= now;
    }

    /// <summary>
    /// Admits the workers that fit. What they must agree with is chosen when enough are ready and none is waited for:
    /// what the job names, or else what most of them have.
    /// </summary>
    /// <returns>Those that do not fit.</returns>
    public IReadOnlyList<Refused> Settle(TimeSpan now)
    {
        var refused = new List<Refused>();
        if (Admission is null)
        {
            foreach (var (node, (worker, prepared)) in _undecided.ToList())
                if (AdmissionChoice.RefusalBy(fingerprint, node, prepared.Dataset) is { } other)
                    Refuse(node, worker, other);
            var waits = _preparing.Count > 0 && now - _firstReadyAt < ChoiceWait;
            if (_undecided.Count < minimumWorkers || waits)
                return refused;
            Admission = AdmissionChoice.Of([.. _undecided.Select(ready => (ready.Key, ready.Value.Prepared))]);
        }
        foreach (var (node, (worker, prepared)) in _undecided.ToList())
            if (Admission.Judge(node, prepared) is { } difference)
                Refuse(node, worker, difference);
            else
                _checking[node] = (new Candidate(_workers[node], worker, prepared.Device, prepared.Measured), null);
        _undecided.Clear();
        return refused;

        void Refuse(string node, IActorRef worker, string reason)
        {
            _undecided.Remove(node);
            Note(node, reason);
            refused.Add(new Refused(node, worker, reason));
        }
    }

    /// <summary>
    /// Workers that fit and are to try the lane, and the servers to try it with; none before there is a server. Asked
    /// again after a while: a message may be lost.
    /// </summary>
    public (IReadOnlyList<IActorRef> Workers, IActorRef[] Servers) TakeUnchecked(TimeSpan now)
    {
        if (_servers.Count == 0)
            return ([], []);
        return (
            [.. _checking.Where(checking => IsToBeAsked(checking.Key, now)).Select(it => it.Value.Candidate.Worker)],
            [.. _servers.Values.Select(server => server.Server!)]
        );
    }

    /// <summary>Workers of which nothing has been heard for a while: the question or the answer may be lost.</summary>
    public IReadOnlyList<IActorRef> TakeSilent(TimeSpan now) =>
        [.. _preparing.Where(node => IsToBeAsked(node, now)).Select(node => _workers[node].Actor)];

    private bool IsToBeAsked(string node, TimeSpan now)
    {
        if (_askedAt.TryGetValue(node, out var asked) && now - asked < AskAgainAfter)
            return false;
        _askedAt[node] = now;
        return true;
    }

    /// <summary>A worker has tried the lane: it is ready where tensors come through.</summary>
    /// <param name="node">The worker's node.</param>
    /// <param name="trouble">Which lane does not work; null where all do.</param>
    /// <returns>Whether the trouble is news.</returns>
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

    public string Failed(string node, string reason)
    {
        _preparing.Remove(node);
        _undecided.Remove(node);
        _checking.Remove(node);
        _ready.Remove(node);
        ForgetAdmissionIfEmpty();
        Note(node, reason);
        return node;
    }

    public void Lost(string node)
    {
        _preparing.Remove(node);
        _undecided.Remove(node);
        _checking.Remove(node);
        _ready.Remove(node);
        _servers.Remove(node);
        _workers.Remove(node);
        _askedAt.Remove(node);
        _coordinators.Remove(node);
        ForgetAdmissionIfEmpty();
    }

    private string Trouble =>
        _checking.FirstOrDefault(checking => checking.Value.Trouble is not null)
            is { Value.Trouble: { } trouble, Key: var node }
            ? $"; {node}: {trouble}"
            : "";

    private void Note(string node, string failure)
    {
        _failures.Remove(node);
        _failures.Add(node, failure);
    }

    // The first worker is gone before anything was built on its word: the next one's counts.
    private void ForgetAdmissionIfEmpty()
    {
        if (_ready.Count + _checking.Count > 0 || _begun)
            return;
        Admission = null;
        if (_undecided.Count == 0)
            _firstReadyAt = null;
    }

    private bool _begun;

    /// <summary>Ready workers that have not been asked for starting weights yet.</summary>
    public IReadOnlyList<Candidate> TakeUnasked()
    {
        _begun = true;
        var unasked = _ready.Values.Where(candidate => !candidate.Asked).ToList();
        unasked.ForEach(candidate => candidate.Asked = true);
        return unasked;
    }

    /// <summary>Ready workers that have not been handed over to training yet.</summary>
    public IReadOnlyList<Candidate> TakeReady()
    {
        var ready = _ready.Values.Where(candidate => !candidate.Taken).ToList();
        ready.ForEach(candidate => candidate.Taken = true);
        return ready;
    }
}
