namespace ActorTrain.Staleness;

/// <summary>
/// Decides the weight of a stale gradient. Each shard has one of its own, and calls it for one push after another. One
/// of your own is added by <c>Algorithms.AddStalenessPolicy</c>. An exception ends the job.
/// </summary>
public interface IStalenessPolicy
{
    /// <summary>
    /// The verdict on a gradient: <see cref="Verdict.Applied"/>, <see cref="Verdict.Scaled"/> or
    /// <see cref="Verdict.Refuse(string)"/>. The samples of a refused gradient are trained again.
    /// </summary>
    /// <param name="staleness">Updates that the shard has applied since the version it was computed from, ≥ 0.</param>
    Verdict Judge(long staleness);
}
