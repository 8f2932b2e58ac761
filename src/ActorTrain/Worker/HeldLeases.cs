using ActorTrain.Leases;

namespace ActorTrain.Worker;

/// <summary>The leases that a worker holds, in the order of the job, and what of them it can compute.</summary>
internal sealed class HeldLeases
{
    private readonly List<LeaseRun> _runs = [];

    /// <summary>Whether it holds none.</summary>
    public bool IsEmpty => _runs.Count == 0;

    /// <summary>Whether nothing is left to begin.</summary>
    public bool AllBegun => _runs.TrueForAll(run => run.AllBegun);

    /// <summary>Whether one of them is in the middle.</summary>
    public bool IsInTheMiddle => _runs.Exists(run => run is { IsBegun: true, AllBegun: false });

    /// <summary>The first part that has not been begun; null when all are.</summary>
    public LeasePart? First => _runs.Find(run => !run.AllBegun)?.Ahead;

    /// <summary>All of them, as they are now.</summary>
    public IReadOnlyList<LeaseRun> All => [.. _runs];

    public void Add(LeaseRun run)
    {
        _runs.Add(run);
        _runs.Sort(
            (one, other) =>
                (one.Lease.Stretch.Epoch, one.Lease.Stretch.Start).CompareTo(
                    (other.Lease.Stretch.Epoch, other.Lease.Stretch.Start)
                )
        );
    }

    public void Remove(LeaseRun run) => _runs.Remove(run);

    /// <summary>The lease whose next part the shards take a gradient for; null when there is none.</summary>
    public LeaseRun? NextFor(ReceivedParameters received)
    {
        foreach (var run in _runs)
            if (run.Ahead is { } part && received.AreFor(part))
                return run;
        return null;
    }

    /// <summary>The lease whose next part is this one; null when there is none.</summary>
    public LeaseRun? With(LeasePart next) => _runs.Find(run => run.Ahead == next);

    /// <summary>The device holds no more samples at once.</summary>
    public void Recut(int most)
    {
        foreach (var run in _runs)
            run.Recut(most);
    }
}
