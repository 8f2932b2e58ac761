namespace ActorTrain.Coordinator;

/// <summary>
/// Which evaluations are wanted and who is at them. A lost evaluator's go to another node; a node that failed at one is
/// not asked for it again.
/// </summary>
internal sealed class EvaluationBook
{
    private readonly SortedSet<int> _wanted = [];
    private readonly Dictionary<int, (string Node, TimeSpan At)> _given = [];
    private readonly HashSet<(int Epoch, string Node)> _failed = [];

    /// <summary>Whether any evaluation is wanted or under way.</summary>
    public bool Open => _wanted.Count > 0 || _given.Count > 0;

    /// <summary>The first epoch whose evaluation is wanted or under way; null where there is none.</summary>
    public int? First => _wanted.Concat(_given.Keys).Select(epoch => (int?)epoch).Min();

    /// <summary>Whether any evaluation is wanted that nobody is at.</summary>
    public bool Waiting => _wanted.Count > 0;

    public void Want(int epoch) => _wanted.Add(epoch);

    public void Done(int epoch)
    {
        _given.Remove(epoch);
        _wanted.Remove(epoch);
    }

    public void Failed(int epoch, string node)
    {
        _failed.Add((epoch, node));
        if (_given.Remove(epoch))
            _wanted.Add(epoch);
    }

    /// <summary>Takes back what has not been answered for so long: its word may be lost, or its engine hang.</summary>
    public IReadOnlyList<(int Epoch, string Node)> Expire(TimeSpan now, TimeSpan timeout)
    {
        var late = _given
            .Where(given => now - given.Value.At > timeout)
            .Select(given => (given.Key, given.Value.Node))
            .ToList();
        foreach (var (epoch, node) in late)
            Failed(epoch, node);
        return late;
    }

    public void Lost(string node)
    {
        foreach (var epoch in _given.Where(given => given.Value.Node == node).Select(given => given.Key).ToList())
        {
            _given.Remove(epoch);
            _wanted.Add(epoch);
        }
    }

    /// <summary>
    /// Gives wanted evaluations to the best nodes that are not at one and have not failed at it. One at a time for each
    /// node: each takes a copy of the parameters.
    /// </summary>
    /// <param name="nodes">Nodes that can evaluate, best first.</param>
    /// <param name="now">The time, on the scheduler's clock.</param>
    public IReadOnlyList<(int Epoch, string Node)> Give(IReadOnlyList<string> nodes, TimeSpan now = default)
    {
        var given = new List<(int, string)>();
        foreach (var epoch in _wanted.ToList())
        {
            if (
                nodes.FirstOrDefault(node =>
                    !_failed.Contains((epoch, node)) && _given.Values.All(given => given.Node != node)
                )
                is not { } node
            )
                continue;
            _wanted.Remove(epoch);
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
        var hopeless = _wanted.Where(epoch => !CanBeGiven(epoch, nodes)).ToList();
        _wanted.ExceptWith(hopeless);
        return hopeless;
    }
}
