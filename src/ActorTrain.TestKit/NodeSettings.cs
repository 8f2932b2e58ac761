using ActorTrain.Coordinator;
using ActorTrain.Settings;
using ActorTrain.Supervision;
using ActorTrain.Worker;

namespace ActorTrain.TestKit;

/// <summary>The settings of a simulation's nodes.</summary>
internal static class NodeSettings
{
    private const string Source = "Simulation.Settings",
        Job = "actortrain.job";

    /// <summary>Checks the settings by the runtime's own readers.</summary>
    /// <param name="hocon">HOCON.</param>
    /// <exception cref="ActorTrainException">
    /// It is not well-formed, a key does not exist, or a value is not valid.
    /// </exception>
    public static string Check(string hocon)
    {
        TestKit.Checked.NotNull(Source, hocon, "HOCON, such as actortrain.worker.resend-after = 5s");
        if (string.IsNullOrWhiteSpace(hocon))
            return hocon;
        var settings = ConfigurationFile.Parse(hocon, Source);
        KnownKeys.Reference.Check(settings);
        if (Setting.AllOf(settings, Source).FirstOrDefault(setting => IsOfJob(setting.Key)) is { } ofJob)
            throw new ActorTrainException(
                $"{ofJob.Key} ({ofJob.Source}) is a setting of the job and not of the nodes; "
                    + "give it to JobOptionsReader.Read, or to the job itself."
            );
        // Their readers refuse invalid values now, and not in the run.
        CoordinatorOptions.From(settings);
        CoordinatorSideDowning.StableAfterOf(settings);
        WorkerContext.ResendAfterOf(settings);
        return hocon;
    }

    private static bool IsOfJob(string key) => key == Job || key.StartsWith(Job + ".", StringComparison.Ordinal);
}
