namespace ActorTrain;

/// <summary>
/// The job cannot be trained as it was submitted: an option, its model, or its data. The message says which.
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
