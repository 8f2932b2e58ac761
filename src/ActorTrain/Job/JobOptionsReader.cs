using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Parameters;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;

namespace ActorTrain.Job;

/// <summary>
/// Reads a job: from reference.conf, a job file or a section of .NET configuration, and the command line's options;
/// each overrides the ones before.
/// </summary>
public static class JobOptionsReader
{
    private const string Job = "actortrain.job.";
    private const string StalenessSection = Job + "staleness";
    private const string ConsistencySection = Job + "consistency";

    /// <summary>Most shards that a job may ask for.</summary>
    internal const int MaxShards = 512;
    private const int MaxPushesInFlight = 16;

    /// <summary>Reads and checks a job.</summary>
    /// <param name="file">A job file, or null.</param>
    /// <param name="overrides">Settings that override the file; of two with one key the later one counts.</param>
    /// <exception cref="ActorTrainException">The file cannot be read, a key does not exist, or a value is
    /// invalid.</exception>
    public static JobOptions Read(string? file = null, params IEnumerable<SettingOverride> overrides) =>
        Read(file is null ? Config.Empty : ConfigurationFile.Read(file), overrides);

    /// <summary>Reads and checks a job.</summary>
    /// <param name="file">A job file.</param>
    /// <param name="algorithms">The staleness policies, consistency models and optimizers that the nodes have.</param>
    /// <param name="overrides">Settings that override the file.</param>
    /// <exception cref="ActorTrainException">The file cannot be read, a key does not exist, or a value is
    /// invalid.</exception>
    public static JobOptions Read(string file, Algorithms algorithms, params IEnumerable<SettingOverride> overrides) =>
        Read(ConfigurationFile.Read(file), algorithms, overrides);

    /// <summary>Reads and checks a job from HOCON.</summary>
    /// <exception cref="ActorTrainException">A key does not exist, or a value is invalid.</exception>
    public static JobOptions Read(Config config, params IEnumerable<SettingOverride> overrides) =>
        Read(config, Algorithms.BuiltIn, overrides);

    /// <summary>Reads and checks a job from HOCON.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="algorithms">The staleness policies, consistency models and optimizers that the nodes have.</param>
    /// <param name="overrides">Settings that override the configuration.</param>
    /// <exception cref="ActorTrainException">A key does not exist, or a value is invalid.</exception>
    public static JobOptions Read(
        Config config,
        Algorithms algorithms,
        params IEnumerable<SettingOverride> overrides
    ) => Read(SettingsReader.From(config, overrides), algorithms);

    /// <summary>
    /// Reads and checks a job from a section of .NET configuration, such as <c>ActorTrain:Job</c> of appsettings.json.
    /// The keys are those of reference.conf; large letters and dashes make no difference: <c>BatchSize</c> is
    /// <c>batch-size</c>. Keys below <c>settings</c> stay as they are. What is null or empty is not set.
    /// </summary>
    /// <param name="section">The section, which holds what <c>actortrain.job</c> holds in HOCON.</param>
    /// <param name="algorithms">The staleness policies, consistency models and optimizers that the nodes have; null for
    /// those that come with ActorTrain.</param>
    /// <exception cref="ActorTrainException">A key does not exist, or a value is invalid; the message names its
    /// path.</exception>
    public static JobOptions Read(IConfiguration section, Algorithms? algorithms = null)
    {
        var settings = DotNetSection.Read(section, Job[..^1]).ToList();
        settings.ForEach(KnownKeys.Reference.Check);
        return Read(Config.Empty, algorithms ?? Algorithms.BuiltIn, settings);
    }

    /// <summary>Reads and checks a job from settings; names of algorithms are not checked.</summary>
    /// <param name="settings">The settings.</param>
    /// <exception cref="ActorTrainException">A value is invalid.</exception>
    internal static JobOptions ReadSettings(IEnumerable<SettingOverride> settings) =>
        Read(SettingsReader.From(Config.Empty, settings), algorithms: null);

    private static JobOptions Read(SettingsReader settings, Algorithms? algorithms)
    {
        var sections = new JobSectionReader(settings, algorithms);
        var batchSize = settings.Int(Job + "batch-size", 1, JobSectionReader.MaxCount);
        var optimizer = sections.Optimizer();
        var localSteps = sections.LocalSteps(batchSize);
        var consistency = sections.Consistency();
        var shards = settings.Int(Job + "shards", 0, MaxShards);
        var transferDType = settings.Choice<TransferDType>(Job + "transfer-dtype");
        if (ConsistencyChecks.IncompatibilityOf(consistency, localSteps, transferDType, shards) is var (setting, right))
            throw settings.Wrong(Job + setting, right);
        return new JobOptions
        {
            Name = settings.Text(Job + "name"),
            Model = sections.Model(),
            Data = sections.Data(),
            Epochs = settings.Int(Job + "epochs", 1, JobSectionReader.MaxCount),
            BatchSize = batchSize,
            MinimumMicroBatchSize = settings.Int(Job + "minimum-micro-batch-size", 0, batchSize),
            Optimizer = optimizer,
            Schedule = sections.Schedule(),
            GradientClipNorm = settings.Float(Job + "gradient-clip-norm", Bounds.AtLeast(0)),
            Consistency = consistency,
            Staleness = sections.Staleness(localSteps.IsOn ? localSteps.Outer : optimizer),
            Balance = sections.Balance(),
            LocalSteps = localSteps,
            Shards = shards,
            MicroBatchesPerLease = settings.Int(Job + "micro-batches-per-lease", 1, JobSectionReader.MaxCount),
            MaxInFlightPushes = settings.Int(Job + "max-in-flight-pushes", 0, MaxPushesInFlight),
            TransferDType = transferDType,
            EvaluateEvery = settings.Int(Job + "evaluate-every", 1, JobSectionReader.MaxCount),
            EvaluationBatchSize = settings.Int(Job + "evaluation-batch-size", 0, JobSectionReader.MaxCount),
            MinimumWorkers = settings.Int(Job + "minimum-workers", 1, JobSectionReader.MaxCount),
            MinimumWorkersTimeout = settings.Duration(Job + "minimum-workers-timeout", TimeSpan.Zero),
            Priority = settings.Int(Job + "priority", -JobSectionReader.MaxCount, JobSectionReader.MaxCount),
            After = settings.TextOrNone(Job + "after") ?? "",
            Seed = settings.Long(Job + "seed"),
            Checkpoint = sections.Checkpoint(),
            Resume = settings.TextOrNone(Job + "resume") ?? "",
        };
    }

    /// <summary>
    /// Checks a job that was created by code, by the rules of one that is read. Settings of models and data sets are
    /// checked by the engine, and names of algorithms that do not come with ActorTrain by the nodes.
    /// </summary>
    /// <exception cref="ActorTrainException">A value is invalid; the message names key and property.</exception>
    public static void Check(JobOptions job)
    {
        var optimizer = Copy(job).Optimizer;
        if (optimizer.GetType() != job.Optimizer.GetType())
            throw new ActorTrainException(
                $"JobOptions.Optimizer is a {job.Optimizer.GetType().Name} of the name {optimizer.Name}; it must be a "
                    + $"{optimizer.GetType().Name}."
            );
    }

    /// <summary>
    /// The job as it is when read from its own settings; settings of models and data sets have their defaults.
    /// </summary>
    internal static JobOptions Copy(JobOptions job) =>
        ReadSettings(OptionsAsSettings.Create(Job[..^1], nameof(JobOptions), job));

    /// <summary>Reads changes of a running job's staleness options.</summary>
    /// <param name="now">The present options.</param>
    /// <param name="optimizer">The job's optimizer; some policies need a certain one.</param>
    /// <param name="algorithms">The policies that there are; null for any, which the nodes check.</param>
    /// <param name="changes">The changes: settings below <c>actortrain.job.staleness</c>.</param>
    /// <exception cref="ActorTrainException">A key does not exist or is outside the section, or a value is
    /// invalid.</exception>
    internal static StalenessOptions ReadStaleness(
        StalenessOptions now,
        OptimizerOptions optimizer,
        Algorithms? algorithms,
        params IEnumerable<SettingOverride> changes
    ) => Changed(StalenessSection, "policy", now, algorithms, changes).Staleness(optimizer);

    /// <summary>Reads changes of a running job's consistency options.</summary>
    /// <param name="now">The present options.</param>
    /// <param name="algorithms">The consistency models that there are; null for any, which the nodes check.</param>
    /// <param name="changes">The changes: settings below <c>actortrain.job.consistency</c>.</param>
    /// <returns>The changed options. Whether they fit the job, the job decides.</returns>
    /// <exception cref="ActorTrainException">A key does not exist or is outside the section, or a value is
    /// invalid.</exception>
    internal static ConsistencyOptions ReadConsistency(
        ConsistencyOptions now,
        Algorithms? algorithms,
        params IEnumerable<SettingOverride> changes
    ) => Changed(ConsistencySection, "name", now, algorithms, changes).Consistency();

    private static JobSectionReader Changed(
        string section,
        string nameKey,
        object now,
        Algorithms? algorithms,
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
        // The settings of an algorithm that was added go with it.
        var isAnother = given.Exists(change => change.Key == prefix + nameKey);
        var present = OptionsAsSettings
            .Entries(section, now)
            .Where(setting => !isAnother || !setting.Key.StartsWith("settings.", StringComparison.Ordinal))
            .Select(setting => new SettingOverride(prefix + setting.Key, setting.Value, "the job"));
        return new JobSectionReader(SettingsReader.From(Config.Empty, [.. present, .. given]), algorithms);
    }
}
