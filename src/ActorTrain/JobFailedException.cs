namespace ActorTrain;

/// <summary>
/// Training had begun and could not go on: a shard was lost with its copy, the last worker failed, training diverged.
/// The message tells the user why.
/// </summary>
public sealed class JobFailedException : ActorTrainException
{
    /// <summary>An error with a message for the user.</summary>
    public JobFailedException(string message)
        : base(message) { }

    /// <summary>An error with a message for the user, and its cause.</summary>
    public JobFailedException(string message, Exception cause)
        : base(message, cause) { }
}
