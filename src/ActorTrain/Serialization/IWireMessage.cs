namespace ActorTrain.Serialization;

/// <summary>
/// Marks a control message that may be sent between nodes: serialized by Hyperion, by the allow-list.
/// </summary>
internal interface IWireMessage;
