using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;
using Akka.Configuration;

namespace ActorTrain.CommandLine.Running;

/// <summary>Has a job name the data set of the machine that it is submitted from, where that one has it.</summary>
internal static class NamedData
{
    /// <summary>The job, with the fingerprint of the data that is here; as it is where it names one, and where the data
    /// is not here.</summary>
    public static JobOptions Of(NodeProgram program, JobOptions job)
    {
        if (job.Data.Fingerprint.Length > 0)
            return job;
        try
        {
            // The subset of a machine that lacks the data set is nothing to insist on.
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
            // It is the workers that need it.
            return job;
        }
    }
}
