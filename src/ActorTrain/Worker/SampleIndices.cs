using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;

namespace ActorTrain.Worker;

/// <summary>Maps positions of an epoch's order to indices into the training set.</summary>
/// <param name="seed">The job's seed.</param>
/// <param name="trainSamples">Training samples.</param>
internal sealed class SampleIndices(long seed, int trainSamples)
{
    private (int Epoch, ReadOnlyMemory<int> Positions) _order;

    /// <summary>The samples of a part.</summary>
    public ReadOnlyMemory<int> Get(SampleRange part)
    {
        if (_order.Epoch != part.Epoch)
            _order = (part.Epoch, SampleOrder.Get(seed, part.Epoch, trainSamples));
        return _order.Positions.Slice(part.Start, part.Count);
    }

    /// <summary>
    /// Names the samples in the reason of a gradient that is not finite: a shard knows only positions, and a user looks
    /// for a sample by its index in the data set.
    /// </summary>
    public WorkerProtocol.RefusedPart? NameSamples(WorkerProtocol.RefusedPart? refused) =>
        refused is { Refusal: Refusal.NotFinite }
            ? refused with
            {
                Reason = $"the gradient of {SampleNames.Format(Get(refused.Part).Span)} is not finite",
            }
            : refused;
}
