using ActorTrain.Lane;

namespace ActorTrain.Server;

/// <summary>
/// The weights that each worker was handed last, by version: what its next gradients are computed from. A version is
/// kept where it lies, by one more reader, not copied; one that several workers have is there once. At most overlap + 1
/// a worker: as many as it can still push from. The weights that a life begins with are pulled, not handed out, and are
/// not here.
/// </summary>
/// <param name="overlap">Pushes of a worker that may be unanswered while it computes.</param>
internal sealed class HandedOutWeights(int overlap)
{
    private readonly Dictionary<string, Queue<(long Version, TensorSlice Weights)>> _workers = [];

    /// <summary>A worker gets a version.</summary>
    public void Add(string worker, long version, TensorBuffer weights)
    {
        if (!_workers.TryGetValue(worker, out var kept))
            _workers.Add(worker, kept = []);
        if (kept.Any(handed => handed.Version == version))
            return;
        kept.Enqueue((version, weights.Share(PayloadType.F32)));
        if (kept.Count > overlap + 1)
            kept.Dequeue().Weights.Release();
    }

    /// <summary>A version that a worker was handed; null when it is not kept any more.</summary>
    public TensorSlice? Find(string worker, long version) =>
        _workers.GetValueOrDefault(worker)?.FirstOrDefault(handed => handed.Version == version).Weights;

    /// <summary>A worker's life has ended.</summary>
    public void Release(string worker)
    {
        if (!_workers.Remove(worker, out var kept))
            return;
        foreach (var (_, weights) in kept)
            weights.Release();
    }

    /// <summary>All lives have ended, or the shard does.</summary>
    public void ReleaseAll()
    {
        foreach (var worker in _workers.Keys)
            Release(worker);
    }
}
