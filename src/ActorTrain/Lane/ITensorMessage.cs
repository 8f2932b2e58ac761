namespace ActorTrain.Lane;

/// <summary>A message with a tensor in it. Travels by the <see cref="ITensorLane"/>, never by Akka.Remote.</summary>
public interface ITensorMessage
{
    /// <summary>The tensor.</summary>
    TensorSlice Payload { get; }

    /// <summary>
    /// Writes all but the payload. What a <see cref="BinaryReader"/> must read back is told to the
    /// <see cref="TensorMessageTable"/>.
    /// </summary>
    void WriteHeader(BinaryWriter header);
}
