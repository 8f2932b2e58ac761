namespace ActorTrain.Coordinator;

/// <summary>The members of a cluster that have not told a new coordinator yet which jobs they know.</summary>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class AwaitedNodes(Func<TimeSpan> clock)
{
    /// <summary>Time that they have for it: a member may host no node.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    private readonly HashSet<string> _awaited = [];

    // They may tell it before the cluster has told its members.
    private readonly HashSet<string> _heard = [];
    private TimeSpan _until;

    /// <summary>Whether none is awaited any more.</summary>
    public bool AreOver => _awaited.Count == 0 || clock() >= _until;

    public void Await(IEnumerable<string> members)
    {
        _awaited.UnionWith(members.Except(_heard));
        _until = clock() + Timeout;
    }

    /// <summary>A node has told it.</summary>
    public void Heard(string node)
    {
        _heard.Add(node);
        _awaited.Remove(node);
    }

    /// <summary>A node is lost.</summary>
    public void Lost(string node)
    {
        _heard.Remove(node);
        _awaited.Remove(node);
    }
}
