using ActorTrain.Job;

namespace ActorTrain.Coordinator;

/// <summary>Decides when the next checkpoint of a job is due.</summary>
/// <param name="every">The interval.</param>
/// <param name="trainSamples">Samples of an epoch.</param>
internal sealed class CheckpointDue(CheckpointInterval every, int trainSamples)
{
    // A disk that is full is not tried at every moment.
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(30);

    private long? _passed;
    private TimeSpan _notBefore;

    /// <summary>Whether one is due now. The first call begins the first interval.</summary>
    /// <param name="trained">Time that the job has trained.</param>
    /// <param name="samples">Samples that it has applied.</param>
    public bool IsDue(TimeSpan trained, long samples)
    {
        var passed = every.Passed(trained, samples, trainSamples);
        _passed ??= passed;
        return passed > _passed && trained >= _notBefore;
    }

    /// <summary>One is written of the job as it was.</summary>
    public void Written(TimeSpan trained, long samples) => _passed = every.Passed(trained, samples, trainSamples);

    /// <summary>One was not written.</summary>
    public void Failed(TimeSpan trained) => _notBefore = trained + TryAgainAfter;
}
