using ActorTrain.Job;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Settings;

namespace ActorTrain.Torch;

/// <summary>Checks what a job demands of the engine before anything is loaded.</summary>
public static class TorchJob
{
    /// <summary>
    /// Checks a job's model and data sections. Loads neither TorchSharp nor a data set, so it is quick and works
    /// anywhere.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="models">The models that it may name; null for those that come with ActorTrain.</param>
    /// <exception cref="ActorTrainException">Something in them is wrong; the message names the key, the value and what
    /// it may be.</exception>
    public static void Validate(JobOptions job, ModelCatalog? models = null)
    {
        (models ?? ModelCatalog.Default).Validate(job.Model);
        _ = DataSettings.From(job.Data);
    }
}
