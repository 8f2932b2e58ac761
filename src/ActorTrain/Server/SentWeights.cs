using ActorTrain.Lane;
using ActorTrain.Parameters;

namespace ActorTrain.Server;

/// <summary>
/// The weights that each worker was sent last, by version: its next gradients are computed from them. A version is not
/// copied but kept by one more reader, once for all workers that have it. At most one more a worker than it may have
/// pushes in flight: those that it can still push from. The weights that an incarnation begins with are pulled, and are
/// not here.
/// </summary>
/// <param name="maxInFlightPushes">Pushes of a worker that may be unanswered while it computes.</param>
internal sealed class SentWeights(int maxInFlightPushes)
{
    private readonly Dictionary<string, Queue<(long Version, TensorSlice Weights)>> _workers = [];

    /// <summary>A version is sent to a worker.</summary>
    public void Add(string worker, long version, TensorBuffer weights)
    {
        if (!_workers.TryGetValue(worker, out var kept))
            _workers.Add(worker, kept = []);
        if (kept.Any(sent => sent.Version == version))
            return;
        kept.Enqueue((version, weights.Share(TransferDType.F32)));
        if (kept.Count > maxInFlightPushes + 1)
            kept.Dequeue().Weights.Release();
    }

    /// <summary>A version that a worker was sent; null where it is not kept any more.</summary>
    public TensorSlice? Find(string worker, long version) =>
        _workers.GetValueOrDefault(worker)?.FirstOrDefault(sent => sent.Version == version).Weights;

    /// <summary>Releases what is kept for a worker.</summary>
    public void Release(string worker)
    {
        if (!_workers.Remove(worker, out var kept))
            return;
        foreach (var (_, weights) in kept)
            weights.Release();
    }

    /// <summary>Releases all.</summary>
    public void ReleaseAll()
    {
        foreach (var worker in _workers.Keys)
            Release(worker);
    }
}
