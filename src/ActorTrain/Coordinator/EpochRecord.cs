using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Protocol;

namespace ActorTrain.Coordinator;

/// <summary>What is counted about one epoch.</summary>
internal sealed class EpochRecord
{
    private double _lossSum;
    private long _samples;

    /// <summary>When it was completed; null before.</summary>
    public TimeSpan? Completed { get; set; }

    /// <summary>Its evaluation; null before.</summary>
    public Evaluation? Evaluation { get; set; }

    // With a loss that is not finite the scores are not finite, and give no accuracy.
    public double? Accuracy =>
        Evaluation is { } evaluation && double.IsFinite(evaluation.Loss) ? evaluation.Accuracy : null;

    public double TrainLoss => _samples > 0 ? _lossSum / _samples : double.NaN;

    public static EpochRecord From(EpochSnapshot snapshot) =>
        new() { _lossSum = snapshot.LossSum, _samples = snapshot.Samples };

    public static EpochRecord From(EpochSummary summary, TimeSpan completed) =>
        new()
        {
            Completed = completed,
            Evaluation = summary.TestLoss is { } loss
                ? new Evaluation(loss, summary.TestAccuracy ?? double.NaN, Samples: 0)
                : null,
            _lossSum = summary.TrainLoss * summary.Samples,
            _samples = double.IsFinite(summary.TrainLoss) ? summary.Samples : 0,
        };

    public EpochSnapshot ToSnapshot(int epoch) => new(epoch, _lossSum, _samples);

    public void AddLoss(double lossSum, long samples) =>
        (_lossSum, _samples) = (_lossSum + lossSum, _samples + samples);
}
