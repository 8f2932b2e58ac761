namespace ActorTrain.Tests;

/// <summary>How long tests wait.</summary>
internal static class Waits
{
    /// <summary>
    /// For what comes at once on an idle machine: so long that a busy one does not reach it, and that only what never
    /// comes fails.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
}
