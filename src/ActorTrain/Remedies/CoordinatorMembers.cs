namespace ActorTrain.Remedies;

/// <summary>
/// The members of a cluster that may hold its coordinator, as a node knows them: decides when the last of them is gone.
/// A cluster that has not had any yet has lost none.
/// </summary>
internal sealed class CoordinatorMembers
{
    private readonly HashSet<string> _present = [];
    private readonly HashSet<string> _leaving = [];

    /// <summary>How many members are left.</summary>
    public enum Remaining
    {
        /// <summary>At least one is present, or there has been none.</summary>
        Some,

        /// <summary>All that remain are leaving.</summary>
        Leaving,

        /// <summary>The last one is gone.</summary>
        None,
    }

    /// <summary>A member is present.</summary>
    public void Add(string node) => _present.Add(node);

    /// <summary>A member leaves or was taken out: it does not come back.</summary>
    public Remaining Leave(string node)
    {
        _present.Remove(node);
        _leaving.Add(node);
        return Count;
    }

    /// <summary>A member is removed.</summary>
    public Remaining Remove(string node)
    {
        var known = _present.Remove(node) | _leaving.Remove(node);
        return known && _present.Count == 0 && _leaving.Count == 0 ? Remaining.None : Count;
    }

    /// <summary>How many members remain now, without a removal.</summary>
    public Remaining Count => _present.Count == 0 && _leaving.Count > 0 ? Remaining.Leaving : Remaining.Some;
}
