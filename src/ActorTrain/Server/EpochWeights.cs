using ActorTrain.Job;
using ActorTrain.Lane;

namespace ActorTrain.Server;

/// <summary>
/// A shard's weights at the end of each epoch that is still to be evaluated. They are kept where they lie, by one more
/// reader, not copied: the next update goes elsewhere. So an epoch's loss and accuracy are those of its own weights,
/// however soon the next epoch begins. The coordinator sees to it that they are few.
/// </summary>
/// <param name="job">Which epochs are evaluated.</param>
internal sealed class EpochWeights(JobOptions job)
{
    private readonly SortedDictionary<int, Kept> _kept = [];
    private int _complete;
    private int _before;

    /// <summary>Weights that are kept.</summary>
    /// <param name="Version">Their version.</param>
    /// <param name="Weights">Where they lie.</param>
    /// <param name="Hold">Keeps them there.</param>
    public sealed record Kept(long Version, TensorBuffer Weights, TensorSlice Hold);

    /// <summary>So many epochs are complete now.</summary>
    /// <param name="epochs">Epochs, counted from the first without a gap.</param>
    /// <param name="version">The weights' version.</param>
    /// <param name="weights">The weights.</param>
    public void Completed(int epochs, long version, TensorBuffer weights)
    {
        for (; _complete < epochs; _complete++)
            if (job.IsEvaluatedAfter(_complete + 1) && _complete + 1 >= _before)
                _kept.Add(_complete + 1, new Kept(version, weights, weights.Share(PayloadType.F32)));
    }

    /// <summary>Whether an epoch's end has been seen, whatever is left of it.</summary>
    public bool HasSeen(int epoch) => epoch <= _complete;

    /// <summary>The weights after an epoch; null where they are not kept.</summary>
    public Kept? Find(int epoch) => _kept.GetValueOrDefault(epoch);

    /// <summary>Nobody asks for earlier ones any more.</summary>
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
