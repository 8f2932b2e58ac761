using ActorTrain.Lane;
using ActorTrain.Serialization;
using ActorTrain.Worker;

namespace ActorTrain.Server;

/// <summary>
/// Worker, evaluator, client and model state: what the model learns without a gradient (BatchNorm's running
/// statistics).
/// </summary>
public static class ModelStateProtocol
{
    /// <summary>Worker → model state, after a lease. Not answered: the next report makes up for a lost one.</summary>
    /// <param name="Worker">Whose statistics these are.</param>
    /// <param name="Epoch">The epoch of the lease.</param>
    /// <param name="Samples">Samples that the worker has trained on in this epoch.</param>
    /// <param name="Payload">Its state, [state length] f32.</param>
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

    /// <summary>Worker, evaluator or client → model state. Answered by <see cref="Pulled"/>.</summary>
    /// <param name="Epoch">The state as it was at the end of this epoch; 0 for the newest.</param>
    public sealed record Pull(int Epoch = 0) : IWireMessage;

    /// <summary>Model state → whoever pulled.</summary>
    /// <param name="Samples">Samples that stand behind it; 0 when no worker has reported, and then the payload is
    /// empty.</param>
    /// <param name="Payload">The state combined over workers by samples, [state length] f32.</param>
    public sealed record Pulled(long Samples, TensorSlice Payload) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header) => header.Write(Samples);

        internal static Pulled Read(BinaryReader header, TensorSlice payload) => new(header.ReadInt64(), payload);
    }
}
