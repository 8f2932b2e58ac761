using System.Runtime.CompilerServices;
using ActorTrain.Job;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// Saves a job's model every so many epochs while it trains. A failed save leaves the previous file as it was, and
/// training goes on.
/// </summary>
/// <param name="every">Epochs between two saves, ≥ 1.</param>
/// <param name="save">Fetches the present weights and saves them.</param>
/// <param name="onSaved">Receives the epoch of each save.</param>
/// <param name="onFailure">Receives a sentence for a failed save, unless the last failed for the same reason.</param>
internal sealed class PeriodicSave(
    int every,
    Func<JobProgress, Task> save,
    Action<int> onSaved,
    Action<string> onFailure
)
{
    private Task _saving = Task.CompletedTask;
    private string? _lastFailure;
    private int _lastAttempt;

    /// <summary>The epoch of the last successful save; null before the first.</summary>
    public int? LastEpoch { get; private set; }

    /// <summary>Passes a job's progress on, and saves when a save is due.</summary>
    public async IAsyncEnumerable<JobProgress> Watch(
        IAsyncEnumerable<JobProgress> progress,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        await foreach (var moment in progress.WithCancellation(cancellation))
        {
            var epochs = moment.CompletedEpochs.Count;
            // The last epoch's model is the result, which is saved in any case. Epochs that complete during a save are
            // skipped.
            if (epochs / every > _lastAttempt / every && epochs < moment.Epochs && _saving.IsCompleted)
            {
                _lastAttempt = epochs;
                _saving = SaveAsync(moment, epochs);
            }
            yield return moment;
        }
        await _saving;
    }

    private async Task SaveAsync(JobProgress moment, int epochs)
    {
        try
        {
            await save(moment);
            (LastEpoch, _lastFailure) = (epochs, null);
            onSaved(epochs);
        }
        // Any failure: training matters more than an intermediate save.
        catch (Exception failure)
        {
            var reason = failure.AsReason();
            if (reason == _lastFailure)
                return;
            _lastFailure = reason;
            onFailure($"the model after epoch {epochs} was not saved: {reason}; training goes on");
        }
    }
}
