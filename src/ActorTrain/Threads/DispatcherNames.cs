namespace ActorTrain.Threads;

/// <summary>The dispatchers of reference.conf.</summary>
internal static class DispatcherNames
{
    /// <summary>A thread for each actor that computes.</summary>
    public const string Compute = "actortrain.compute-dispatcher";

    /// <summary>The thread of a worker's training: engine and trainer.</summary>
    public const string Training = "actortrain.training-dispatcher";
}
