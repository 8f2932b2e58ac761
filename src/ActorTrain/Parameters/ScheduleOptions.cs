namespace ActorTrain.Parameters;

/// <summary>The shapes of a learning-rate schedule.</summary>
public enum ScheduleKind
{
    /// <summary>The learning rate is constant.</summary>
    Constant,

    /// <summary>It is multiplied by a factor each time a number of epochs has passed.</summary>
    Step,

    /// <summary>It falls along half a cosine to a floor at the end of the job.</summary>
    Cosine,
}

/// <summary>
/// How the learning rate changes with the samples applied; it does not depend on the number of workers.
/// </summary>
/// <param name="Kind">The shape.</param>
/// <param name="WarmUpEpochs">Epochs at the beginning over which it rises linearly from zero, ≥ 0; fractions
/// allowed.</param>
/// <param name="StepEpochs">Step: epochs between two cuts, &gt; 0.</param>
/// <param name="StepFactor">Step: the factor of each cut, above 0 to 1.</param>
/// <param name="Floor">Cosine: the factor at the end, 0 to 1.</param>
public sealed record ScheduleOptions(
    ScheduleKind Kind = ScheduleKind.Cosine,
    double WarmUpEpochs = 0.5,
    double StepEpochs = 2,
    double StepFactor = 0.5,
    double Floor = 0
)
{
    /// <summary>A constant learning rate from the first step.</summary>
    public static ScheduleOptions Unchanging { get; } = new(ScheduleKind.Constant, 0, 1, 1, 0);
}
