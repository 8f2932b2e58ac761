namespace ActorTrain;

/// <summary>
/// Training had begun, and could not go on: a server was lost, the last worker failed, training diverged. The message
/// is for the user, and says why.
/// </summary>
public sealed class TrainingFailedException : ActorTrainException
{
    /// <summary>An error with a message for the user.</summary>
    public TrainingFailedException(string message)
        : base(message) { }

    /// <summary>An error with a message for the user, and its cause.</summary>
    public TrainingFailedException(string message, Exception cause)
        : base(message, cause) { }
}
