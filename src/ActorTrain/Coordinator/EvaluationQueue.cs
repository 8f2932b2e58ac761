namespace ActorTrain.Coordinator;

/// <summary>
/// Which evaluations wait, and which nodes compute the others. The evaluation of a lost node goes to another; a node
/// that failed at one does not get it again.
/// </summary>
internal sealed class EvaluationQueue
{
    private readonly SortedSet<int> _waiting = [];
    private readonly Dictionary<int, (string Node, TimeSpan At)> _given = [];
    private readonly HashSet<(int Epoch, string Node)> _failed = [];

    /// <summary>Whether any evaluation waits or is under way.</summary>
    public bool Open => _waiting.Count > 0 || _given.Count > 0;

    /// <summary>The first epoch whose evaluation waits or is under way; null where there is none.</summary>
    public int? First => _waiting.Concat(_given.Keys).Select(epoch => (int?)epoch).Min();

    /// <summary>Whether any evaluation waits for a node.</summary>
    public bool Waiting => _waiting.Count > 0;

    public void Add(int epoch) => _waiting.Add(epoch);

    public void Done(int epoch)
    {
        _given.Remove(epoch);
        _waiting.Remove(epoch);
    }

    public void Failed(int epoch, string node)
    {
        _failed.Add((epoch, node));
        if (_given.Remove(epoch))
            _waiting.Add(epoch);
    }

    /// <summary>Takes back evaluations without an answer in time: it may be lost, or the engine may hang.</summary>
    public IReadOnlyList<(int Epoch, string Node)> Expire(TimeSpan now, TimeSpan timeout)
    {
        var expired = _given
            .Where(given => now - given.Value.At > timeout)
            .Select(given => (given.Key, given.Value.Node))
            .ToList();
        foreach (var (epoch, node) in expired)
            Failed(epoch, node);
        return expired;
    }

    public void Lost(string node)
    {
        foreach (var epoch in _given.Where(given => given.Value.Node == node).Select(given => given.Key).ToList())
        {
            _given.Remove(epoch);
            _waiting.Add(epoch);
        }
    }

    /// <summary>
    /// Gives waiting evaluations to the best nodes that have none and have not failed at it. A node gets one at a time:
    /// each takes a copy of the parameters.
    /// </summary>
    /// <param name="nodes">Nodes that can evaluate, best first.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public IReadOnlyList<(int Epoch, string Node)> Give(IReadOnlyList<string> nodes, TimeSpan now = default)
    {
        var given = new List<(int, string)>();
        foreach (var epoch in _waiting.ToList())
        {
            if (
                nodes.FirstOrDefault(node =>
                    !_failed.Contains((epoch, node)) && _given.Values.All(given => given.Node != node)
                )
                is not { } node
            )
                continue;
            _waiting.Remove(epoch);
            _given.Add(epoch, (node, now));
            given.Add((epoch, node));
        }
        return given;
    }

    /// <summary>Whether one of these nodes has not failed at an epoch yet.</summary>
    public bool CanBeGiven(int epoch, IReadOnlyList<string> nodes) =>
        nodes.Any(node => !_failed.Contains((epoch, node)));

    /// <summary>Gives up the evaluations that every one of these nodes has failed at.</summary>
    public IReadOnlyList<int> GiveUp(IReadOnlyList<string> nodes)
    {
        if (nodes.Count == 0)
            return [];
        var hopeless = _waiting.Where(epoch => !CanBeGiven(epoch, nodes)).ToList();
        _waiting.ExceptWith(hopeless);
        return hopeless;
    }
}
