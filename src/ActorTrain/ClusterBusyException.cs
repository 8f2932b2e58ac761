namespace ActorTrain;

/// <summary>The cluster runs another job. The message names it.</summary>
public sealed class ClusterBusyException : ActorTrainException
{
    /// <summary>An error with a message for the user.</summary>
    public ClusterBusyException(string message)
        : base(message) { }

    /// <summary>An error with a message for the user, and its cause.</summary>
    public ClusterBusyException(string message, Exception cause)
        : base(message, cause) { }
}
