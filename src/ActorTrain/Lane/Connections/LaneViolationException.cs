namespace ActorTrain.Lane.Connections;

/// <summary>What came over a connection is not what the other side may send: the connection is closed.</summary>
internal sealed class LaneViolationException(string message) : Exception(message);
