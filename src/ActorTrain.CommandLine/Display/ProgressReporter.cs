using ActorTrain.Job;

namespace ActorTrain.CommandLine.Display;

/// <summary>
/// Selects the lines to print of a progress: new events and epochs at once, the rest every few seconds and when the
/// phase changes.
/// </summary>
internal sealed class ProgressReporter(TimeSpan interval)
{
    private int _epochs;
    private IReadOnlyList<SupervisionEvent> _events = [];
    private string? _phase;
    private TimeSpan? _last;

    /// <param name="progress">The progress.</param>
    /// <param name="now">Time since any fixed point.</param>
    public IReadOnlyList<string> Report(JobProgress progress, TimeSpan now) => [.. NewLines(progress, now)];

    private IEnumerable<string> NewLines(JobProgress progress, TimeSpan now)
    {
        // One that was interrupted has none of its own while it waits.
        if (progress.Phase != JobPhase.Queued)
            foreach (var line in NewEvents(progress).Concat(NewEpochs(progress)))
                yield return line;
        var phase = $"{progress.Phase} {progress.Reason}";
        if (phase == _phase && (progress.Phase is not JobPhase.Training || now - _last < interval))
            yield break;
        (_phase, _last) = (phase, now);
        yield return ProgressLine.Format(progress);
    }

    // A job that goes on from a checkpoint has the events and epochs of then, and others after them.
    private IEnumerable<string> NewEvents(JobProgress progress)
    {
        var known = progress.Events.Zip(_events).TakeWhile(AreOne).Count();
        _events = progress.Events;
        return progress.Events.Skip(known).Select(ProgressLine.Format);
    }

    private IEnumerable<string> NewEpochs(JobProgress progress)
    {
        _epochs = Math.Min(_epochs, progress.CompletedEpochs.Count);
        for (var due = EpochsDue(progress); _epochs < due; _epochs++)
            yield return ProgressLine.Format(progress.CompletedEpochs[_epochs], progress);
    }

    // A checkpoint has their times rounded.
    private static bool AreOne((SupervisionEvent One, SupervisionEvent Other) events) =>
        events.One with { Elapsed = default } == events.Other with { Elapsed = default };

    // An epoch is printed in its order, when it or a later one is evaluated: not all epochs are, and an evaluation can
    // be lost.
    private static int EpochsDue(JobProgress progress) =>
        progress.Phase is JobPhase.Completed or JobPhase.Canceled or JobPhase.Failed
            ? progress.CompletedEpochs.Count
            : progress
                .CompletedEpochs.Select((epoch, index) => epoch.TestAccuracy is null ? 0 : index + 1)
                .DefaultIfEmpty(0)
                .Max();
}
