namespace ActorTrain;

/// <summary>
/// The job is refused: an option is invalid, and the message names a value that would be right, or a node lacks an
/// algorithm that the job names.
/// </summary>
public sealed class InvalidJobException : ActorTrainException
{
    /// <summary>An error with a message for the user.</summary>
    public InvalidJobException(string message)
        : base(message) { }

    /// <summary>An error with a message for the user, and its cause.</summary>
    public InvalidJobException(string message, Exception cause)
        : base(message, cause) { }
}
