using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Parameters;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using Akka.Configuration;

namespace ActorTrain.Job;

/// <summary>
/// Reads a job: from reference.conf, a job file, and the command line's options; each overrides the ones before.
/// </summary>
public static class JobOptionsReader
{
    private const string Job = "actortrain.job.";
    private const string StalenessSection = Job + "staleness";
    private const string ConsistencySection = Job + "consistency";
    private const int MaxShards = 512;
    private const int MaxOverlap = 16;

    /// <summary>Reads and checks a job.</summary>
    /// <param name="file">A job file, or null.</param>
    /// <param name="overrides">Settings that override the file; of two with one key the later one counts.</param>
    /// <exception cref="ActorTrainException">The file cannot be read, a key does not exist, or a value is
    /// invalid.</exception>
    public static JobOptions Read(string? file = null, params IEnumerable<SettingOverride> overrides) =>
        Read(file is null ? Config.Empty : ConfigurationFile.Read(file), overrides);

    /// <summary>Reads and checks a job from a configuration.</summary>
    /// <exception cref="ActorTrainException">A key does not exist, or a value is invalid.</exception>
    public static JobOptions Read(Config config, params IEnumerable<SettingOverride> overrides)
    {
        var settings = SettingsReader.From(config, overrides);
        var sections = new JobSectionReader(settings);
        var batchSize = settings.Int(Job + "batch-size", 1, JobSectionReader.MaxCount);
        var optimizer = sections.Optimizer();
        var localSteps = sections.LocalSteps(batchSize);
        var consistency = sections.Consistency();
        var shards = settings.Int(Job + "shards", 0, MaxShards);
        var transferDType = settings.Choice<TransferDType>(Job + "transfer-dtype");
        if (ConsistencyModes.IncompatibilityOf(consistency, localSteps, transferDType, shards) is var (setting, right))
            throw settings.Wrong(Job + setting, right);
        return new JobOptions(
            Name: settings.Text(Job + "name"),
            Model: sections.Model(),
            Data: sections.Data(),
            Epochs: settings.Int(Job + "epochs", 1, JobSectionReader.MaxCount),
            BatchSize: batchSize,
            Optimizer: optimizer,
            Schedule: sections.Schedule(),
            GradientClipNorm: settings.Float(Job + "gradient-clip-norm", Bounds.AtLeast(0)),
            Consistency: consistency,
            Staleness: sections.Staleness(localSteps.IsOn ? localSteps.Outer : optimizer),
            Balance: sections.Balance(),
            LocalSteps: localSteps,
            Shards: shards,
            MicroBatchesPerLease: settings.Int(Job + "micro-batches-per-lease", 1, JobSectionReader.MaxCount),
            MinimumWorkers: settings.Int(Job + "minimum-workers", 1, JobSectionReader.MaxCount),
            MaxInFlightPushes: settings.Int(Job + "max-in-flight-pushes", 0, MaxOverlap),
            TransferDType: transferDType,
            EvaluateEvery: settings.Int(Job + "evaluate-every", 1, JobSectionReader.MaxCount),
            Seed: settings.Long(Job + "seed"),
            MinimumMicroBatchSize: settings.Int(Job + "minimum-micro-batch-size", 0, batchSize),
            EvaluationBatchSize: settings.Int(Job + "evaluation-batch-size", 0, JobSectionReader.MaxCount)
        );
    }

    /// <summary>
    /// Checks a job that was created by code, by the rules of one that is read. Settings of models and data sets are
    /// checked by the engine.
    /// </summary>
    /// <exception cref="ActorTrainException">A value is invalid; the message names key and property.</exception>
    public static void Check(JobOptions job) => Copy(job);

    /// <summary>Checks staleness options that were created by code.</summary>
    /// <param name="staleness">The options.</param>
    /// <param name="optimizer">The shards' optimizer; some policies need a certain one.</param>
    /// <exception cref="ActorTrainException">A value is invalid.</exception>
    internal static void Check(StalenessOptions staleness, OptimizerOptions optimizer) =>
        ReadBack(StalenessSection, nameof(StalenessOptions), staleness).Staleness(optimizer);

    /// <summary>Checks consistency options that were created by code; the job checks whether they fit it.</summary>
    /// <exception cref="ActorTrainException">A value is invalid.</exception>
    internal static void Check(ConsistencyOptions consistency) =>
        ReadBack(ConsistencySection, nameof(ConsistencyOptions), consistency).Consistency();

    /// <summary>
    /// The job as it is when read from its own settings; settings of models and data sets have their defaults.
    /// </summary>
    internal static JobOptions Copy(JobOptions job) =>
        Read(Config.Empty, OptionsAsSettings.Create(Job[..^1], nameof(JobOptions), job));

    /// <summary>Reads changes of a running job's staleness options.</summary>
    /// <param name="now">The present options.</param>
    /// <param name="optimizer">The job's optimizer; some policies need a certain one.</param>
    /// <param name="changes">The changes: settings below <c>actortrain.job.staleness</c>.</param>
    /// <exception cref="ActorTrainException">A key does not exist or is outside the section, or a value is
    /// invalid.</exception>
    public static StalenessOptions ReadStaleness(
        StalenessOptions now,
        OptimizerOptions optimizer,
        params IEnumerable<SettingOverride> changes
    ) => Changed(StalenessSection, now.Settings, changes).Staleness(optimizer);

    /// <summary>Reads changes of a running job's consistency options.</summary>
    /// <param name="now">The present options.</param>
    /// <param name="changes">The changes: settings below <c>actortrain.job.consistency</c>.</param>
    /// <returns>The changed options. Whether they fit the job, the job decides.</returns>
    /// <exception cref="ActorTrainException">A key does not exist or is outside the section, or a value is
    /// invalid.</exception>
    public static ConsistencyOptions ReadConsistency(
        ConsistencyOptions now,
        params IEnumerable<SettingOverride> changes
    ) => Changed(ConsistencySection, now.Settings, changes).Consistency();

    private static JobSectionReader ReadBack(string section, string place, object options) =>
        new(SettingsReader.From(Config.Empty, OptionsAsSettings.Create(section, place, options)));

    private static JobSectionReader Changed(
        string section,
        IEnumerable<(string Key, string Value)> now,
        IEnumerable<SettingOverride> changes
    )
    {
        var prefix = section + ".";
        var given = changes.ToList();
        if (given.Find(change => !change.Key.StartsWith(prefix, StringComparison.Ordinal)) is { } other)
            throw new ActorTrainException(
                $"{other.Key} cannot be changed while a job runs ({other.Source}); only settings below "
                    + $"{StalenessSection} and {ConsistencySection} can."
            );
        given.ForEach(KnownKeys.Reference.Check);
        var present = now.Select(setting => new SettingOverride(prefix + setting.Key, setting.Value, "the job"));
        return new JobSectionReader(SettingsReader.From(Config.Empty, [.. present, .. given]));
    }
}
