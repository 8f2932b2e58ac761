namespace ActorTrain.Consistency;

/// <summary>The names of the consistency models that come with ActorTrain.</summary>
public static class ConsistencyMode
{
    /// <summary>One update a step, by the mean of all its gradients: <see cref="SynchronousOptions"/>.</summary>
    public const string Synchronous = "synchronous";

    /// <summary>
    /// Each push is applied when it arrives; a worker that is too far ahead of the slowest waits:
    /// <see cref="BoundedOptions"/>.
    /// </summary>
    public const string Bounded = "bounded";

    /// <summary>
    /// Each push is applied when it arrives; no worker waits for another (Recht et al. 2011; Dean et al. 2012, Downpour
    /// SGD).
    /// </summary>
    public const string Asynchronous = "asynchronous";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Synchronous, Bounded, Asynchronous];
}
