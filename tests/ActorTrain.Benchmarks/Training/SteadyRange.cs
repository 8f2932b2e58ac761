using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Training;

/// <summary>
/// The part of a job that is measured, after a warm-up during which processes are still being compiled.
/// </summary>
/// <param name="processorSeconds">Processor time of all processes so far.</param>
internal sealed class SteadyRange(Func<double> processorSeconds)
{
    private const double WarmUp = 0.4;
    private (JobProgress Progress, double Processor)? _from,
        _to;

    public void Follow(JobProgress progress)
    {
        if (progress.Phase != JobPhase.Training || progress.SamplesApplied < WarmUp * progress.SamplesExpected)
            return;
        _to = (progress, processorSeconds());
        _from ??= _to;
    }

    public Measured Measure(TrainingReport report)
    {
        var (first, last) = Ends();
        return new Measured(
            last.Progress.SamplesApplied - first.Progress.SamplesApplied,
            last.Progress.Seconds - first.Progress.Seconds,
            last.Processor - first.Processor,
            report.Staleness.Mean
        );
    }

    /// <summary>The work of each node, in their order.</summary>
    public IReadOnlyList<WorkerPart> Parts(IReadOnlyList<string> nodes)
    {
        var (first, last) = Ends();
        return WorkerPart.Between(first.Progress, last.Progress, nodes);
    }

    private ((JobProgress Progress, double Processor) First, (JobProgress Progress, double Processor) Last) Ends() =>
        _from is { } first && _to is { } last && last.Progress.Seconds > first.Progress.Seconds
            ? (first, last)
            : throw new InvalidOperationException("the job is too short to be measured; give it more epochs");
}
