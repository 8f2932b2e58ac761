namespace ActorTrain.Leases;

/// <summary>The leases that workers hold, by their number and by their holder.</summary>
internal sealed class GrantIndex
{
    private readonly Dictionary<long, LeaseTable.Grant> _byId = [];
    private readonly Dictionary<string, List<LeaseTable.Grant>> _byHolder = [];

    public IReadOnlyCollection<LeaseTable.Grant> All => _byId.Values;

    public LeaseTable.Grant? Find(long leaseId) => _byId.GetValueOrDefault(leaseId);

    public bool Holds(string holder) => _byHolder.ContainsKey(holder);

    public IReadOnlyList<LeaseTable.Grant> HeldBy(string holder) => _byHolder.GetValueOrDefault(holder) ?? [];

    public void Add(LeaseTable.Grant grant)
    {
        _byId.Add(grant.Lease.Id, grant);
        if (!_byHolder.TryGetValue(grant.Holder, out var held))
            _byHolder.Add(grant.Holder, held = []);
        held.Add(grant);
    }

    public void Remove(LeaseTable.Grant grant)
    {
        _byId.Remove(grant.Lease.Id);
        var held = _byHolder[grant.Holder];
        held.Remove(grant);
        if (held.Count == 0)
            _byHolder.Remove(grant.Holder);
    }
}
