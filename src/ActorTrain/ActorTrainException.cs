namespace ActorTrain;

/// <summary>
/// An error in the user's input: a setting, a file, an address. The message is one sentence that says what is wrong,
/// where, and what would be right; the command line prints only that and exits with code 2.
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
