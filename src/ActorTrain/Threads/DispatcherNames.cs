namespace ActorTrain.Threads;

/// <summary>The dispatchers of reference.conf.</summary>
internal static class DispatcherNames
{
    /// <summary>One thread for each actor that computes.</summary>
    public const string Compute = "actortrain.compute-dispatcher";

    /// <summary>One thread for a worker's training: engine and training loop.</summary>
    public const string Training = "actortrain.training-dispatcher";

    /// <summary>Threads for what blocks, such as a disk.</summary>
    public const string Blocking = "actortrain.blocking-dispatcher";
}
