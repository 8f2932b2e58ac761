namespace ActorTrain;

/// <summary>Too many jobs wait on the cluster already.</summary>
/// <param name="message">The message for the user.</param>
public sealed class ClusterBusyException(string message) : ActorTrainException(message);
