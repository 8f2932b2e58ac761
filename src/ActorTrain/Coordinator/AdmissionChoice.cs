using ActorTrain.Sentences;
using ActorTrain.Worker;

namespace ActorTrain.Coordinator;

/// <summary>Chooses what all workers of a job must agree with, when several are ready and they may differ.</summary>
internal static class AdmissionChoice
{
    /// <summary>
    /// What most of them have; of as many, the larger data set, and then what was ready first. So a machine that lacks
    /// the data, and is the first to be ready for that, does not decide for those that have it.
    /// </summary>
    /// <param name="ready">The workers that are ready, the first first; one at least.</param>
    public static Admission Of(IReadOnlyList<(string Node, WorkerProtocol.Prepared Prepared)> ready)
    {
        var groups = new List<(Admission Admission, int Workers)>();
        foreach (var (node, prepared) in ready)
        {
            var same = groups.FindIndex(group => group.Admission.Judge(node, prepared) is null);
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
                + $"{data.Fingerprint} and {Plural.Of(data.TrainSamples, "training sample")}"
                + (data.Substitute is { } substitute ? $" ({substitute})" : "")
                + "; give it the data of the job";
}
