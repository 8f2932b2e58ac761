namespace ActorTrain.Engines;

/// <summary>
/// An engine failed, and a new engine may succeed: a file could not be read, a device failed. The message is one
/// sentence that names what failed; the runtime shows it unchanged and creates a new engine. A failure that would occur
/// again on any worker, such as a damaged sample, is an <see cref="ActorTrainException"/>.
/// </summary>
public sealed class EngineFailedException : Exception
{
    /// <summary>A failure, in one sentence.</summary>
    public EngineFailedException(string message)
        : base(message) { }

    /// <summary>A failure, in one sentence, and its cause.</summary>
    public EngineFailedException(string message, Exception cause)
        : base(message, cause) { }
}
