using ActorTrain.Engines;
using ActorTrain.Protocol;
using ActorTrain.Sentences;

namespace ActorTrain.Coordinator;

/// <summary>Chooses the model and data set that all workers of a job must have, where ready workers differ.</summary>
internal static class AdmissionChoice
{
    /// <summary>
    /// Chooses what most workers have; of as many, the larger data set, and then what was ready first. So a machine
    /// that lacks the data, and is ready first for that reason, does not decide for those that have it.
    /// </summary>
    /// <param name="ready">The ready workers, in the order in which they became ready; one at least.</param>
    public static Admission Create(IReadOnlyList<(string Node, WorkerProtocol.Prepared Prepared)> ready)
    {
        var groups = new List<(Admission Admission, int Workers)>();
        foreach (var (node, prepared) in ready)
        {
            var same = groups.FindIndex(group => group.Admission.RefusalOf(node, prepared) is null);
            if (same < 0)
                groups.Add((new Admission(node, prepared), 1));
            else
                groups[same] = (groups[same].Admission, groups[same].Workers + 1);
        }
        return groups
            .OrderByDescending(group => group.Workers)
            .ThenByDescending(group => group.Admission.Dataset.TrainSamples)
            .First()
            .Admission;
    }

    /// <summary>Why a worker may not train on its data where the job names another; null where it may.</summary>
    /// <param name="named">The fingerprint that the job names; empty where it names none.</param>
    /// <param name="node">The worker's node.</param>
    /// <param name="data">The worker's data set.</param>
    public static string? RefusalBy(string named, string node, DatasetDescription data) =>
        named.Length == 0 || data.Fingerprint == named
            ? null
            : $"the job names the data set with fingerprint {named}, and {node} has {data.Name} with fingerprint "
                + $"{data.Fingerprint} and {Plural.Format(data.TrainSamples, "training sample")}"
                + (data.Substitute is { } substitute ? $" ({substitute})" : "")
                + "; give it the data of the job";
}
