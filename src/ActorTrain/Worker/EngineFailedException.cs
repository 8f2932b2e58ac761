namespace ActorTrain.Worker;

/// <summary>
/// An engine failed in a way that may pass: a file that could not be read, a device that gave up. The message is one
/// sentence that names what failed; the runtime passes it on as it is, and makes a new engine. What fails again whoever
/// tries, such as a damaged sample, is an <see cref="ActorTrainException"/>.
/// </summary>
public sealed class EngineFailedException : Exception
{
    /// <summary>A failure, in one sentence.</summary>
    public EngineFailedException(string message)
        : base(message) { }

    /// <summary>A failure, in one sentence, and what led to it.</summary>
    public EngineFailedException(string message, Exception cause)
        : base(message, cause) { }
}
