using ActorTrain.Job;
using ActorTrain.Settings;

namespace ActorTrain.Checkpoints;

/// <summary>A job's options as settings, and back.</summary>
internal static class JobAsSettings
{
    private const string Job = "actortrain.job";

    public static SortedDictionary<string, string> From(JobOptions job)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var setting in OptionsAsSettings.Create(Job, nameof(JobOptions), job with { Resume = "", After = "" }))
            settings[setting.Key] = setting.Value;
        foreach (var (key, value) in job.Model.Settings)
            settings[$"{Job}.model.{key}"] = value;
        foreach (var (key, value) in job.Data.Settings)
            settings[$"{Job}.data.{key}"] = value;
        return settings;
    }

    /// <summary>The settings, to be overridden.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="source">Where they are from, for errors.</param>
    public static IEnumerable<SettingOverride> AsOverrides(
        IReadOnlyDictionary<string, string> settings,
        string source
    ) => settings.Select(setting => new SettingOverride(setting.Key, setting.Value, source));

    /// <exception cref="ActorTrainException">A setting is invalid.</exception>
    public static JobOptions Read(IReadOnlyDictionary<string, string> settings, string source) =>
        JobOptionsReader.ReadSettings(AsOverrides(settings, source));
}
