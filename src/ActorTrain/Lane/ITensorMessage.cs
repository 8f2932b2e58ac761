namespace ActorTrain.Lane;

/// <summary>A message with a tensor. Sent by the <see cref="ITensorLane"/>, never by Akka.Remote.</summary>
internal interface ITensorMessage
{
    /// <summary>The tensor.</summary>
    TensorSlice Payload { get; }

    /// <summary>
    /// Writes everything except the payload. The <see cref="TensorMessageTable"/> has the method that reads it back.
    /// </summary>
    void WriteHeader(BinaryWriter header);
}
