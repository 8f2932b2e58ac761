namespace ActorTrain;

/// <summary>
/// An error that a user can act on: a setting, a file or an address that is wrong, or one of the types derived from it.
/// The message is one sentence that says what is wrong, where, and what would be right. The command line prints only
/// that; its exit code is 1 for <see cref="JobFailedException"/>, 3 for <see cref="JobCanceledException"/>, and 2 for
/// all others.
/// </summary>
public class ActorTrainException : Exception
{
    /// <summary>Creates the error with its sentence.</summary>
    public ActorTrainException(string message)
        : base(message) { }

    /// <summary>Creates the error with its sentence and the exception that led to it.</summary>
    public ActorTrainException(string message, Exception cause)
        : base(message, cause) { }
}
