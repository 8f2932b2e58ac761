namespace ActorTrain;

/// <summary>
/// An option of the job is invalid. The message names the option and a value that would be right.
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
