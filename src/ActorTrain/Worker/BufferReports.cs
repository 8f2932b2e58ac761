using ActorTrain.Lane;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Worker;

/// <summary>
/// Counts the samples that a worker trains in an epoch, and reports the model's buffers with that count.
/// </summary>
/// <param name="lane">The tensor lane.</param>
/// <param name="receiver">The actor that combines the buffers; null for a model without any.</param>
/// <param name="worker">The worker.</param>
/// <param name="buffers">The engine's buffers.</param>
/// <param name="sender">The actor that reports.</param>
internal sealed class BufferReports(
    ITensorLane lane,
    IActorRef? receiver,
    WorkerId worker,
    Memory<float> buffers,
    IActorRef sender
)
{
    private int _epoch;

    /// <summary>Samples trained in the newest epoch.</summary>
    public long Samples { get; private set; }

    /// <summary>A part of an epoch begins.</summary>
    public void Begin(int epoch)
    {
        if (_epoch < epoch)
            (_epoch, Samples) = (epoch, 0);
    }

    /// <summary>So many samples were trained.</summary>
    public void Add(int samples) => Samples += samples;

    /// <summary>Reports the buffers as they are now.</summary>
    public void Report()
    {
        if (receiver is not null)
            lane.Tell(
                receiver,
                new BuffersProtocol.Report(worker, _epoch, Samples, TensorSlice.CopyOf(buffers.Span)),
                sender
            );
    }
}
