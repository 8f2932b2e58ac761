using ActorTrain.Job;

namespace ActorTrain.CommandLine.Display;

/// <summary>
/// Selects the lines to print of a progress: new events and epochs at once, the rest every few seconds and when the
/// phase changes.
/// </summary>
internal sealed class ProgressReporter(TimeSpan interval)
{
    private int _epochs;
    private int _events;
    private string? _phase;
    private TimeSpan? _last;

    /// <param name="progress">The progress.</param>
    /// <param name="now">Time since any fixed point.</param>
    public IReadOnlyList<string> Report(JobProgress progress, TimeSpan now) => [.. NewLines(progress, now)];

    private IEnumerable<string> NewLines(JobProgress progress, TimeSpan now)
    {
        foreach (var raised in progress.Events.Skip(_events))
            yield return ProgressLine.Format(raised);
        // An epoch is printed once it is evaluated, so that epochs come in order.
        foreach (var epoch in progress.CompletedEpochs.Skip(_epochs).TakeWhile(epoch => epoch.TestAccuracy is not null))
        {
            _epochs++;
            yield return ProgressLine.Format(epoch, progress);
        }
        _events = Math.Max(_events, progress.Events.Count);
        var phase = $"{progress.Phase} {progress.Reason}";
        if (phase == _phase && (progress.Phase is not JobPhase.Training || now - _last < interval))
            yield break;
        (_phase, _last) = (phase, now);
        yield return ProgressLine.Format(progress);
    }
}
