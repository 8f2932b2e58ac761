namespace ActorTrain;

/// <summary>A run was canceled before it had begun to train, so that there is no result.</summary>
/// <param name="message">What was canceled, in one sentence.</param>
public sealed class JobCanceledException(string message) : ActorTrainException(message);
