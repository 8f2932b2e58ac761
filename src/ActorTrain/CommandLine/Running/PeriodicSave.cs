using System.Runtime.CompilerServices;
using ActorTrain.Job;
using ActorTrain.Saving;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>
/// Saves a run's model every so many epochs while it trains. A save that fails leaves the one before as it was, and
/// training goes on.
/// </summary>
/// <param name="every">Epochs between two saves, ≥ 1.</param>
/// <param name="save">Takes the weights as they are and saves them.</param>
/// <param name="tell">Told the epoch of each save.</param>
/// <param name="complain">Told of one that failed: the first, and each that fails for another reason.</param>
internal sealed class PeriodicSave(int every, Func<JobProgress, Task> save, Action<int> tell, Action<string> complain)
{
    private Task _saving = Task.CompletedTask;
    private string? _told;
    private int _asked;

    /// <summary>The epoch of the last save that is whole; null before the first.</summary>
    public int? LastEpoch { get; private set; }

    /// <summary>Passes a run's progress on, and saves when it is time.</summary>
    public async IAsyncEnumerable<JobProgress> Watch(
        IAsyncEnumerable<JobProgress> progress,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        await foreach (var moment in progress.WithCancellation(cancellation))
        {
            var epochs = moment.CompletedEpochs.Count;
            // The last epoch's model is the result, which is saved in any case; a save that takes longer than epochs do
            // skips some.
            if (epochs / every > _asked / every && epochs < moment.Epochs && _saving.IsCompleted)
            {
                _asked = epochs;
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
            (LastEpoch, _told) = (epochs, null);
            tell(epochs);
        }
        // Whatever it was: the run is worth more than a save of its middle, and its own failure is told at its end.
        catch (Exception failure)
        {
            var reason = failure is ActorTrainException ? failure.AsClause() : failure.AsNamedClause();
            if (reason == _told)
                return;
            _told = reason;
            complain($"the model after epoch {epochs} was not saved: {reason}; training goes on");
        }
    }
}
