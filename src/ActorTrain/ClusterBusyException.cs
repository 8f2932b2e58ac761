namespace ActorTrain;

/// <summary>The cluster runs another job. The message names it.</summary>
/// <param name="message">The message for the user.</param>
public sealed class ClusterBusyException(string message) : ActorTrainException(message);
