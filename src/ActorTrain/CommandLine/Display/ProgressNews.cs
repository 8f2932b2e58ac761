using ActorTrain.Job;

namespace ActorTrain.CommandLine.Display;

/// <summary>
/// What of a progress is worth a line: new events and epochs at once, the rest every few seconds and when the phase
/// changes.
/// </summary>
internal sealed class ProgressNews(TimeSpan interval)
{
    private int _epochs;
    private int _events;
    private string? _phase;
    private TimeSpan? _last;

    /// <param name="progress">The progress.</param>
    /// <param name="now">Time since any fixed moment.</param>
    public IReadOnlyList<string> Of(JobProgress progress, TimeSpan now) => [.. News(progress, now)];

    private IEnumerable<string> News(JobProgress progress, TimeSpan now)
    {
        foreach (var happened in progress.Events.Skip(_events))
            yield return ProgressLine.Of(happened);
        // An epoch is told when it was evaluated, so in order.
        foreach (var epoch in progress.CompletedEpochs.Skip(_epochs).TakeWhile(epoch => epoch.TestAccuracy is not null))
        {
            _epochs++;
            yield return ProgressLine.Of(epoch, progress);
        }
        _events = Math.Max(_events, progress.Events.Count);
        var phase = $"{progress.Phase} {progress.Reason}";
        if (phase == _phase && (progress.Phase is not JobPhase.Training || now - _last < interval))
            yield break;
        (_phase, _last) = (phase, now);
        yield return ProgressLine.Of(progress);
    }
}
