using ActorTrain.Leases;

namespace ActorTrain.Worker;

/// <summary>The leases that a worker holds, in the order of the job, and the parts that it can compute.</summary>
internal sealed class HeldLeases
{
    private readonly List<LeaseRun> _runs = [];

    /// <summary>Whether it holds none.</summary>
    public bool IsEmpty => _runs.Count == 0;

    /// <summary>Whether every part has been begun.</summary>
    public bool AllBegun => _runs.TrueForAll(run => run.AllBegun);

    /// <summary>Whether one of them is begun and has parts that are not.</summary>
    public bool IsPartlyBegun => _runs.Exists(run => run is { IsBegun: true, AllBegun: false });

    /// <summary>The first part that has not been begun; null where all are.</summary>
    public SampleRange? First => _runs.Find(run => !run.AllBegun)?.Next;

    /// <summary>All of them, as they are now.</summary>
    public IReadOnlyList<LeaseRun> All => [.. _runs];

    public void Add(LeaseRun run)
    {
        _runs.Add(run);
        _runs.Sort(
            (one, other) =>
                (one.Lease.Range.Epoch, one.Lease.Range.Start).CompareTo(
                    (other.Lease.Range.Epoch, other.Lease.Range.Start)
                )
        );
    }

    public void Remove(LeaseRun run) => _runs.Remove(run);

    /// <summary>The lease whose next part the shards take a gradient for; null when there is none.</summary>
    public LeaseRun? NextFor(ReceivedParameters received)
    {
        foreach (var run in _runs)
            if (run.Next is { } part && received.AreFor(part))
                return run;
        return null;
    }

    /// <summary>The lease whose next part is this one; null where there is none.</summary>
    public LeaseRun? Find(SampleRange next) => _runs.Find(run => run.Next == next);

    /// <summary>Cuts the parts ahead, since the device holds no more samples at once.</summary>
    public void Recut(int max)
    {
        foreach (var run in _runs)
            run.Recut(max);
    }
}
