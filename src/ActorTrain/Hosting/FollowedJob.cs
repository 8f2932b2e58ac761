using ActorTrain.Job;

namespace ActorTrain.Hosting;

/// <summary>
/// Joins a job's progress with its history, which arrives in pages. Progress is complete with the whole history; while
/// pages are missing, newer progress replaces the one that waits for them.
/// </summary>
internal sealed class FollowedJob
{
    private readonly JobHistory _history = new();
    private JobProgress? _latest;
    private JobProgress? _complete;

    /// <summary>What a page led to.</summary>
    /// <param name="Progress">Progress that is complete now; null for none.</param>
    /// <param name="Confirmed">Entries to confirm to the job, which then sends the next page; null for none.</param>
    public readonly record struct Step(JobProgress? Progress, int? Confirmed);

    /// <summary>Adds progress and the page that came with it.</summary>
    public Step Add(JobProgress progress, HistoryPage page)
    {
        _latest = progress;
        return Add(page);
    }

    /// <summary>Adds a further page.</summary>
    public Step Add(HistoryPage page)
    {
        var isComplete = _history.Add(page);
        int? confirmed = page.Entries.Length > 0 || !isComplete ? _history.Count : null;
        if (!isComplete || _latest is not { } latest)
            return new Step(null, confirmed);
        _latest = null;
        _complete = latest with { CompletedEpochs = _history.Epochs, Events = _history.Events };
        return new Step(_complete, confirmed);
    }

    /// <summary>The last progress, with what the client waits for; null where there is none, or the client has said so
    /// already.</summary>
    public JobProgress? Waiting(string reason) =>
        _complete is null || _complete.Reason == reason ? null : _complete = _complete with { Reason = reason };
}
