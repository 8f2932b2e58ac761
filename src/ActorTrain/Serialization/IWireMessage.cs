namespace ActorTrain.Serialization;

/// <summary>Marks a control message that may travel between nodes: serialized by Hyperion, by the allow-list.</summary>
public interface IWireMessage;
