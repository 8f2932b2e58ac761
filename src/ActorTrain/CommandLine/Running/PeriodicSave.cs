using System.Runtime.CompilerServices;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Saving;
using ActorTrain.Sentences;

namespace ActorTrain.CommandLine.Running;

/// <summary>Saves a run's model every so many epochs while it trains. A save that fails leaves the one before as it was, and training goes on.</summary>
/// <param name="path">Where to.</param>
/// <param name="every">Epochs between two saves, ≥ 1.</param>
/// <param name="job">The job, for the model's metadata.</param>
/// <param name="run">The run.</param>
/// <param name="tell">Told of each save.</param>
/// <param name="complain">Told of each that failed.</param>
internal sealed class PeriodicSave(string path, int every, JobOptions job, TrainingRun run, Action<string> tell, Action<string> complain)
{
    private Task _saving = Task.CompletedTask;
    private int _asked;

    /// <summary>The epoch of the last save that is whole; null before the first.</summary>
    public int? LastEpoch { get; private set; }

    /// <summary>Passes a run's progress on, and saves when it is time.</summary>
    public async IAsyncEnumerable<JobProgress> Watch(IAsyncEnumerable<JobProgress> progress, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var moment in progress.WithCancellation(cancellation))
        {
            var epochs = moment.CompletedEpochs.Count;
            // The last epoch's model is the result, which is saved in any case; a save that takes longer than epochs do skips some.
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
            var model = await run.SnapshotAsync();
            SafeTensors.Save(path, model, ModelMetadata.Of(job, moment, model));
            LastEpoch = epochs;
            tell($"saved after epoch {epochs}: {path}");
        }
        catch (ActorTrainException failure)
        {
            complain($"the model after epoch {epochs} was not saved: {failure.AsClause()}");
        }
    }
}
