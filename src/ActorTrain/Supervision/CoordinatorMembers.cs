namespace ActorTrain.Supervision;

/// <summary>
/// The members of a cluster that may hold its coordinator, as a node has heard of them: decides when the last of them
/// has gone. A cluster that has not had any yet has lost none.
/// </summary>
internal sealed class CoordinatorMembers
{
    private readonly HashSet<string> _staying = [];
    private readonly HashSet<string> _going = [];

    /// <summary>How many members are left.</summary>
    public enum Left
    {
        /// <summary>One at least stays, or there has been none.</summary>
        Some,

        /// <summary>All that are left are on their way out.</summary>
        Going,

        /// <summary>The last one has gone.</summary>
        None,
    }

    /// <summary>A member is there to stay.</summary>
    public void Stay(string node) => _staying.Add(node);

    /// <summary>A member leaves and is about to end, or was taken out: it will not come back.</summary>
    public Left Go(string node)
    {
        _staying.Remove(node);
        _going.Add(node);
        return Count;
    }

    /// <summary>A member is there no longer.</summary>
    public Left Remove(string node)
    {
        var known = _staying.Remove(node) | _going.Remove(node);
        return known && _staying.Count == 0 && _going.Count == 0 ? Left.None : Count;
    }

    /// <summary>What has become of those that were on their way out, when they have had their time.</summary>
    public Left Count => _staying.Count == 0 && _going.Count > 0 ? Left.Going : Left.Some;
}
