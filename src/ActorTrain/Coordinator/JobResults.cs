using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>
/// Has what has become of a job kept on the disks of two nodes, on two machines where there are two. Where one cannot
/// keep it, another is asked.
/// </summary>
/// <param name="job">The job's options.</param>
/// <param name="nodes">The job's nodes.</param>
/// <param name="isWanted">Whether it is to be kept at all.</param>
/// <param name="system">The actor system.</param>
/// <param name="self">The job's actor, which the nodes answer.</param>
internal sealed class JobResults(
    JobOptions job,
    WorkerReadiness nodes,
    bool isWanted,
    ActorSystem system,
    IActorRef self
)
{
    /// <summary>How many nodes keep it.</summary>
    public const int Copies = 2;

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(10);

    // A large model on a slow link; but the next job waits.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);
    private readonly HashSet<string> _tried = [];
    private readonly Dictionary<IActorRef, string> _asked = [];
    private readonly List<string> _keptBy = [];
    private readonly List<string> _failures = [];
    private ResultProtocol.Keep? _keep;
    private TimeSpan _askedAt;
    private TimeSpan _beganAt;

    /// <summary>The nodes that keep it.</summary>
    public IReadOnlyList<string> KeptBy => _keptBy;

    /// <summary>Whether no node is awaited any more.</summary>
    public bool AreOver => _asked.Count == 0;

    /// <summary>Why no node keeps it; null where one does, or it is not to be kept.</summary>
    public string? Loss =>
        !isWanted || _keptBy.Count > 0 ? null
        : _failures.Count > 0 ? string.Join("; ", _failures)
        : "no node has a state folder";

    /// <summary>Asks two nodes.</summary>
    public void Keep(JobSummary summary, ResultProtocol.Result? result)
    {
        _keep = new ResultProtocol.Keep(summary, job, result);
        (_beganAt, _askedAt) = (system.Scheduler.MonotonicClock, system.Scheduler.MonotonicClock);
        if (isWanted)
            AskMore();
    }

    /// <summary>Time has passed: a node that has not answered is asked again, as a message may be lost, and in the end
    /// not awaited any more.</summary>
    public void Tick()
    {
        var now = system.Scheduler.MonotonicClock;
        if (AreOver || now - _askedAt < AskAgainAfter)
            return;
        _askedAt = now;
        foreach (var node in _asked.Keys.ToList())
            if (now - _beganAt > Timeout)
                NotKept(node, $"it has not answered for {Timeout.TotalMinutes:0} min");
            else
                node.TellInPages(system, _keep!, self);
    }

    /// <summary>A node keeps it.</summary>
    public void Kept(IActorRef node)
    {
        if (_asked.Remove(node, out var name))
            _keptBy.Add(name);
    }

    /// <summary>A node cannot keep it.</summary>
    public void NotKept(IActorRef node, string reason)
    {
        if (!_asked.Remove(node, out var name))
            return;
        _failures.Add($"{name}: {reason}");
        AskMore();
    }

    /// <summary>A node is lost.</summary>
    public void Lost(string node)
    {
        _tried.Add(node);
        foreach (var (actor, _) in _asked.Where(asked => asked.Value == node).ToList())
            NotKept(actor, "the node was lost");
    }

    /// <summary>The next node to ask: on a machine of its own, if there is one.</summary>
    /// <param name="candidates">The nodes that are not asked yet, in order.</param>
    /// <param name="chosen">The nodes that are asked or keep it.</param>
    public static string? Next(IEnumerable<string> candidates, IReadOnlyCollection<string> chosen)
    {
        var machines = chosen.Select(MachineOf).ToHashSet();
        var left = candidates.ToList();
        return left.Find(node => !machines.Contains(MachineOf(node))) ?? left.FirstOrDefault();
    }

    private static string MachineOf(string node) => node[..Math.Max(0, node.LastIndexOf(':'))];

    private void AskMore()
    {
        while (_asked.Count + _keptBy.Count < Copies)
        {
            var able = nodes.Hosts.Where(host => host.Results is not null && !_tried.Contains(host.Node)).ToList();
            if (Next(able.Select(host => host.Node), [.. _keptBy, .. _asked.Values]) is not { } next)
                return;
            _tried.Add(next);
            var results = able.Find(host => host.Node == next)!.Results!;
            _asked.Add(results, next);
            results.TellInPages(system, _keep!, self);
        }
    }
}
