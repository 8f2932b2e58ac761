namespace ActorTrain;

/// <summary>No node of the cluster answers, or the cluster has no coordinator.</summary>
public sealed class ClusterUnreachableException : ActorTrainException
{
    /// <summary>An error with a message for the user.</summary>
    public ClusterUnreachableException(string message)
        : base(message) { }

    /// <summary>An error with a message for the user, and its cause.</summary>
    public ClusterUnreachableException(string message, Exception cause)
        : base(message, cause) { }
}
