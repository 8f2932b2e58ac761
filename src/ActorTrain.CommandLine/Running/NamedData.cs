using ActorTrain.Hosting;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Running;

/// <summary>Sets the fingerprint of this machine's data set in a job, so that workers train on the same data.</summary>
internal static class NamedData
{
    /// <summary>The job with the fingerprint of the local data set; unchanged if it has a fingerprint, or if the data
    /// set is not on this machine.</summary>
    public static JobOptions Add(NodeProgram program, JobOptions job)
    {
        if (job.Data.Fingerprint.Length > 0)
            return job;
        try
        {
            // A substitute for a missing data set must not bind the workers.
            return
                program.EnginesFor(NodeSettingsReader.Engine(Config.Empty, []), job).FindData(job)
                    is { Substitute: null } data
                ? job with
                {
                    Data = job.Data with { Fingerprint = data.Fingerprint },
                }
                : job;
        }
        catch (ActorTrainException)
        {
            // Only the workers need the data set.
            return job;
        }
    }
}
