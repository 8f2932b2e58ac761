namespace ActorTrain.Parameters;

/// <summary>
/// The factor on the learning rate as a function of the samples applied alone, not of the number of workers or of time.
/// </summary>
/// <param name="options">The shape.</param>
/// <param name="epochs">Epochs in the job.</param>
/// <param name="samplesPerEpoch">Training samples.</param>
internal sealed class LearningRateSchedule(ScheduleOptions options, int epochs, int samplesPerEpoch)
{
    private readonly double _warmUp = options.WarmUpEpochs * samplesPerEpoch;
    private readonly double _total = (double)epochs * samplesPerEpoch;

    /// <summary>The factor for an update.</summary>
    /// <param name="applied">Samples applied before it.</param>
    /// <param name="samples">Samples of the update.</param>
    public double FactorAt(long applied, int samples) =>
        applied < _warmUp
            ? Math.Min(1, (applied + samples) / _warmUp)
            : options.Kind switch
            {
                ScheduleKind.Constant => 1,
                ScheduleKind.Step => Math.Pow(
                    options.StepFactor,
                    Math.Floor(applied / (options.StepEpochs * samplesPerEpoch))
                ),
                ScheduleKind.Cosine => options.Floor
                    + (1 - options.Floor) * (1 + Math.Cos(Math.PI * Progress(applied))) / 2,
                _ => throw new InvalidOperationException($"Unknown schedule {options.Kind}."),
            };

    private double Progress(long applied) =>
        _total <= _warmUp ? 1 : Math.Clamp((applied - _warmUp) / (_total - _warmUp), 0, 1);
}
