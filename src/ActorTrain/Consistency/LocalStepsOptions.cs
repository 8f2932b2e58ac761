using ActorTrain.Parameters;

namespace ActorTrain.Consistency;

/// <summary>
/// Local steps before a push (post-local SGD, Lin et al. 2020; DiLoCo, Douillard et al. 2023): each worker takes a
/// number of steps on its own copy of the parameters with the job's optimizer, and pushes the difference w_start −
/// w_end, which the shards use as a gradient.
/// </summary>
/// <param name="Steps">Steps a push, ≥ 1; 1 for none: then each gradient is a push.</param>
/// <param name="FollowSpeed">Whether a slower worker takes fewer, so that all push equally often.</param>
public sealed record LocalStepsOptions(int Steps = 1, bool FollowSpeed = false)
{
    /// <summary>The optimizer of the shards: SGD at a constant rate, without weight decay.</summary>
    public Sgd Outer { get; init; } = new(1) { Momentum = 0 };

    /// <summary>Whether workers take local steps.</summary>
    public bool IsOn => Steps > 1;
}
