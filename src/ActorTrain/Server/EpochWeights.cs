using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;

namespace ActorTrain.Server;

/// <summary>
/// A shard's weights at the end of each epoch that is still to be evaluated, so that an epoch's loss and accuracy are
/// those of its own weights, even where the next epoch has begun. They are not copied but kept by one more reader: the
/// next update writes to other memory. The coordinator keeps their number small.
/// </summary>
/// <param name="job">Says which epochs are evaluated.</param>
internal sealed class EpochWeights(JobOptions job)
{
    private readonly SortedDictionary<int, Kept> _kept = [];
    private int _complete;
    private int _before;

    /// <summary>Weights that are kept.</summary>
    /// <param name="Version">Their version.</param>
    /// <param name="Weights">Their memory.</param>
    /// <param name="Hold">The reader that keeps them unchanged.</param>
    public sealed record Kept(long Version, TensorBuffer Weights, TensorSlice Hold);

    /// <summary>Keeps the weights of epochs that are complete now.</summary>
    /// <param name="epochs">Epochs, counted from the first without a gap.</param>
    /// <param name="version">The weights' version.</param>
    /// <param name="weights">The weights.</param>
    public void Completed(int epochs, long version, TensorBuffer weights)
    {
        for (; _complete < epochs; _complete++)
            if (job.IsEvaluatedAfter(_complete + 1) && _complete + 1 >= _before)
                _kept.Add(_complete + 1, new Kept(version, weights, weights.Share(TransferDType.F32)));
    }

    /// <summary>The epochs whose weights are kept, in order.</summary>
    public IEnumerable<(int Epoch, Kept Kept)> All => _kept.Select(kept => (kept.Key, kept.Value));

    /// <summary>Goes on from a snapshot.</summary>
    /// <param name="complete">Epochs that are complete.</param>
    /// <param name="kept">The epochs whose weights are kept, with memory that is handed over.</param>
    public void Restore(int complete, IEnumerable<(EpochVersion Kept, TensorBuffer Weights)> kept)
    {
        _complete = complete;
        foreach (var (epoch, weights) in kept)
        {
            _kept.Add(epoch.Epoch, new Kept(epoch.Version, weights, weights.Share(TransferDType.F32)));
            weights.Release();
        }
    }

    /// <summary>Whether an epoch was reported as complete, also where its weights are not kept.</summary>
    public bool HasSeen(int epoch) => epoch <= _complete;

    /// <summary>The weights after an epoch; null where they are not kept.</summary>
    public Kept? Find(int epoch) => _kept.GetValueOrDefault(epoch);

    /// <summary>Releases the weights of earlier epochs.</summary>
    public void ForgetBefore(int epoch)
    {
        _before = Math.Max(_before, epoch);
        foreach (var past in _kept.Keys.Where(kept => kept < epoch).ToList())
        {
            _kept[past].Hold.Release();
            _kept.Remove(past);
        }
    }
}
