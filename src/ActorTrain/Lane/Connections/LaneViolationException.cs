namespace ActorTrain.Lane.Connections;

/// <summary>The other side of a connection sent something that is not allowed: the connection is closed.</summary>
internal sealed class LaneViolationException(string message) : Exception(message);
