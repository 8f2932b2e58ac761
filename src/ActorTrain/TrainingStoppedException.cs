namespace ActorTrain;

/// <summary>A run was stopped by request before it had begun to train, so that there is no result.</summary>
/// <param name="message">What was stopped, in one sentence.</param>
public sealed class TrainingStoppedException(string message) : ActorTrainException(message);
