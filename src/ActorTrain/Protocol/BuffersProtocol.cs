using ActorTrain.Lane;
using ActorTrain.Serialization;

namespace ActorTrain.Protocol;

/// <summary>
/// Worker, evaluator, client and the actor that combines a model's buffers (BatchNorm's running statistics).
/// </summary>
internal static class BuffersProtocol
{
    /// <summary>Worker → buffers, after a lease. Not answered: the next report replaces a lost one.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="Epoch">The epoch of the lease.</param>
    /// <param name="Samples">Samples that the worker has trained on in this epoch.</param>
    /// <param name="Payload">Its buffers, [buffers length] f32.</param>
    public sealed record Report(WorkerId Worker, int Epoch, long Samples, TensorSlice Payload) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header)
        {
            Worker.Write(header);
            header.Write(Epoch);
            header.Write(Samples);
        }

        internal static Report Read(BinaryReader header, TensorSlice payload) =>
            new(WorkerId.Read(header), header.ReadInt32(), header.ReadInt64(), payload);
    }

    /// <summary>Worker, evaluator or client → buffers. Answered by <see cref="Pulled"/>.</summary>
    /// <param name="Epoch">The buffers as they were at the end of this epoch; 0 for the newest.</param>
    public sealed record Pull(int Epoch = 0) : IWireMessage;

    /// <summary>Buffers → the sender of the pull.</summary>
    /// <param name="Samples">Samples that they are computed from; 0 when no worker has reported, and then the payload
    /// is empty.</param>
    /// <param name="Payload">The mean over workers, weighted by samples, [buffers length] f32.</param>
    public sealed record Pulled(long Samples, TensorSlice Payload) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header) => header.Write(Samples);

        internal static Pulled Read(BinaryReader header, TensorSlice payload) => new(header.ReadInt64(), payload);
    }
}
