using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Lane;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using Akka.Configuration;

namespace ActorTrain.Job;

/// <summary>
/// Reads a job: from reference.conf, then a job file, then what was given on the command line; the later comes first.
/// </summary>
public static class JobOptionsReader
{
    private const string Job = "actortrain.job.";
    private const string ConsistencyAt = Job + "consistency.";

    /// <summary>Largest counts accepted: far beyond any use, near enough that products of two fit.</summary>
    private const int Most = 1_000_000;
    private const int MostGlobalBatch = 1_000_000_000;
    private const int MostShards = 512;
    private const int MostOverlap = 16;

    /// <summary>Largest push accepted: so near the largest number that a sum of two fits.</summary>
    private const int MostPushSamples = 1_000_000_000;

    /// <summary>Reads and checks a job.</summary>
    /// <param name="file">A job file, or null.</param>
    /// <param name="overrides">Settings that come before the file; of two with one key the later one counts.</param>
    /// <exception cref="ActorTrainException">The file cannot be read, a key does not exist, a value cannot
    /// be.</exception>
    public static JobOptions Read(string? file = null, params IEnumerable<SettingOverride> overrides) =>
        Read(file is null ? Config.Empty : ConfigurationFile.Read(file), overrides);

    /// <summary>Reads and checks a job from a configuration.</summary>
    /// <exception cref="ActorTrainException">A key does not exist, or a value cannot be.</exception>
    public static JobOptions Read(Config config, params IEnumerable<SettingOverride> overrides)
    {
        var settings = SettingsReader.Of(config, overrides);
        var batch = settings.Int(Job + "batch", 1, Most);
        var optimizer = Optimizer(settings);
        var localSteps = LocalSteps(settings, batch);
        var consistency = Consistency(settings);
        var shards = settings.Int(Job + "shards", 0, MostShards);
        var payload = settings.Choice<PayloadType>(Job + "payload");
        if (ConsistencyModes.Misfit(consistency, localSteps, payload, shards) is var (setting, right))
            throw settings.Wrong(Job + setting, right);
        return new JobOptions(
            Name: settings.Text(Job + "name"),
            Model: new ModelOptions(settings.Text(Job + "model.name"), settings.Section(Job + "model")),
            Data: Data(settings),
            Epochs: settings.Int(Job + "epochs", 1, Most),
            Batch: batch,
            Optimizer: optimizer,
            Schedule: Schedule(settings),
            ClipNorm: settings.Float(Job + "clip-norm", Bounds.AtLeast(0)),
            Consistency: consistency,
            Staleness: Staleness(settings, localSteps.IsOn ? localSteps.Outer : optimizer),
            Balance: new BalanceOptions(
                MicroBatch: settings.Bool(Job + "balance.micro-batch"),
                Lease: settings.Bool(Job + "balance.lease"),
                Repeat: settings.Bool(Job + "balance.repeat")
            ),
            LocalSteps: localSteps,
            Shards: shards,
            LeaseBatches: settings.Int(Job + "lease-batches", 1, Most),
            MinimumWorkers: settings.Int(Job + "minimum-workers", 1, Most),
            Overlap: settings.Int(Job + "overlap", 0, MostOverlap),
            Payload: payload,
            EvaluateEvery: settings.Int(Job + "evaluate-every", 1, Most),
            Seed: settings.Long(Job + "seed"),
            MicroBatchFloor: settings.Int(Job + "micro-batch-floor", 0, batch),
            EvaluationBatch: settings.Int(Job + "evaluation-batch", 0, Most)
        );
    }

    /// <summary>
    /// Checks a job that was made by code, by the rules of one that is read. Settings of models and data sets are their
    /// engine's to check.
    /// </summary>
    /// <exception cref="ActorTrainException">A value cannot be; the message names its key and its place in the options.
    /// </exception>
    public static void Check(JobOptions job) => Copy(job);

    /// <summary>Checks a job's way with staleness that was made by code.</summary>
    /// <param name="staleness">As it is to be.</param>
    /// <param name="optimizer">The rule by which the shards apply a push, which not every policy fits.</param>
    /// <exception cref="ActorTrainException">A value cannot be.</exception>
    internal static void Check(StalenessOptions staleness, OptimizerOptions optimizer) =>
        Staleness(
            SettingsReader.Of(
                Config.Empty,
                OptionsAsSettings.Of(Job + "staleness", nameof(StalenessOptions), staleness)
            ),
            optimizer
        );

    /// <summary>Checks a consistency that was made by code. Whether it makes sense in a job is for that one to say.
    /// </summary>
    /// <exception cref="ActorTrainException">A value cannot be.</exception>
    internal static void Check(ConsistencyOptions consistency) =>
        Consistency(
            SettingsReader.Of(
                Config.Empty,
                OptionsAsSettings.Of(ConsistencyAt[..^1], nameof(ConsistencyOptions), consistency)
            )
        );

    /// <summary>
    /// The job as it is when it is read from its settings; what the engine reads stays as by default.
    /// </summary>
    internal static JobOptions Copy(JobOptions job) =>
        Read(Config.Empty, OptionsAsSettings.Of(Job[..^1], nameof(JobOptions), job));

    /// <summary>Reads what of a job's way with staleness is to be different.</summary>
    /// <param name="now">As it is.</param>
    /// <param name="optimizer">The job's optimizer, which not every policy fits.</param>
    /// <param name="changes">What is to be different: settings below <c>actortrain.job.staleness</c>.</param>
    /// <exception cref="ActorTrainException">A key does not exist or is another's, or a value cannot be.</exception>
    public static StalenessOptions ReadStaleness(
        StalenessOptions now,
        OptimizerOptions optimizer,
        params IEnumerable<SettingOverride> changes
    )
    {
        const string at = Job + "staleness.";
        return Staleness(Changed(at, now.Settings, changes), optimizer);
    }

    /// <summary>Reads what of the way a job's workers march is to be different.</summary>
    /// <param name="now">As it is.</param>
    /// <param name="changes">What is to be different: settings below <c>actortrain.job.consistency</c>.</param>
    /// <returns>What was asked for; whether it makes sense in a job is for that one to say.</returns>
    /// <exception cref="ActorTrainException">A key does not exist or is another's, or a value cannot be.</exception>
    public static ConsistencyOptions ReadConsistency(
        ConsistencyOptions now,
        params IEnumerable<SettingOverride> changes
    )
    {
        return Consistency(Changed(ConsistencyAt, now.Settings, changes));
    }

    // What is there below a section, with some of it changed.
    private static SettingsReader Changed(
        string at,
        IEnumerable<(string Key, string Value)> now,
        IEnumerable<SettingOverride> changes
    )
    {
        var given = changes.ToList();
        if (given.Find(change => !change.Key.StartsWith(at, StringComparison.Ordinal)) is { } other)
            throw new ActorTrainException(
                $"{other.Key} cannot be changed while a job runs ({other.Source}); what can is all below "
                    + $"{Job}staleness and {ConsistencyAt[..^1]}."
            );
        given.ForEach(KnownKeys.Reference.Check);
        return SettingsReader.Of(
            Config.Empty,
            [.. now.Select(setting => new SettingOverride(at + setting.Key, setting.Value, "the job")), .. given]
        );
    }

    // Whose samples they are is the job's to know; the rest is the engine's.
    private static DataOptions Data(SettingsReader settings)
    {
        const string fingerprint = "fingerprint";
        var section = settings.Section(Job + "data").Where(setting => setting.Key != fingerprint);
        return new DataOptions(settings.Text(Job + "data.name"), section.ToDictionary(StringComparer.Ordinal))
        {
            Fingerprint = settings.TextOrNone(Job + "data." + fingerprint) ?? "",
        };
    }

    private static ConsistencyOptions Consistency(SettingsReader settings)
    {
        const string synchronous = ConsistencyAt + "synchronous.",
            bounded = ConsistencyAt + "bounded.";
        return new ConsistencyOptions(
            settings.Choice<ConsistencyMode>(ConsistencyAt + "name"),
            new SynchronousOptions(
                GlobalBatch: settings.Int(synchronous + "global-batch", 0, MostGlobalBatch),
                BackupWorkers: settings.Int(synchronous + "backup-workers", 0, Most),
                Deterministic: settings.Bool(synchronous + "deterministic")
            ),
            new BoundedOptions(
                Staleness: settings.Int(bounded + "staleness", 0, Most),
                Most: settings.Int(bounded + "most", 0, Most)
            )
        );
    }

    private static StalenessOptions Staleness(SettingsReader settings, OptimizerOptions optimizer)
    {
        const string at = Job + "staleness.";
        var options = new StalenessOptions(
            Policy: settings.Choice<StalenessPolicy>(at + "policy"),
            Bound: settings.Int(at + "bound", 0, Most),
            Lead: settings.Int(at + "lead", 0, Most),
            DemoteAfter: settings.Int(at + "demote-after", 0, Most),
            Rest: settings.Duration(at + "rest", TimeSpan.Zero),
            Threshold: settings.Int(at + "threshold", 1, Most),
            Compensation: new CompensationOptions(
                new DcAsgdOptions(settings.Float(at + "dc-asgd.lambda", Bounds.AtLeast(0))),
                new DcAsgdAdaptiveOptions(
                    settings.Float(at + "dc-asgd-adaptive.lambda", Bounds.AtLeast(0)),
                    settings.Float(at + "dc-asgd-adaptive.memory", Bounds.FromToBelow(0, 1)),
                    settings.Float(at + "dc-asgd-adaptive.epsilon", Bounds.Above(0))
                ),
                new GapAwareOptions(
                    settings.Float(at + "gap-aware.memory", Bounds.FromToBelow(0, 1)),
                    settings.Float(at + "gap-aware.epsilon", Bounds.Above(0))
                )
            )
        );
        return GradientCompensations.Misfit(options.Policy, optimizer) is { } misfit
            ? throw settings.Wrong(at + "policy", "another " + misfit)
            : options;
    }

    private static OptimizerOptions Optimizer(SettingsReader settings)
    {
        const string at = Job + "optimizer.";
        var options = new OptimizerOptions(
            Kind: settings.Choice<OptimizerKind>(at + "name"),
            LearningRate: settings.Float(at + "learning-rate", Bounds.Above(0)),
            Momentum: settings.Float(at + "momentum", Bounds.FromToBelow(0, 1)),
            Nesterov: settings.Bool(at + "nesterov"),
            WeightDecay: settings.Float(at + "weight-decay", Bounds.AtLeast(0)),
            Beta1: settings.Float(at + "beta1", Bounds.FromToBelow(0, 1)),
            Beta2: settings.Float(at + "beta2", Bounds.FromToBelow(0, 1)),
            Epsilon: settings.Float(at + "epsilon", Bounds.Above(0))
        );
        return options is { Kind: OptimizerKind.Sgd, Nesterov: true, Momentum: 0 }
            ? throw settings.Wrong(at + "nesterov", $"off while {at}momentum is 0")
            : options;
    }

    private static LocalStepsOptions LocalSteps(SettingsReader settings, int batch)
    {
        const string at = Job + "local-steps.";
        var options = new LocalStepsOptions(
            Steps: settings.Int(at + "steps", 1, Math.Min(Most, MostPushSamples / batch)),
            FollowSpeed: settings.Bool(at + "follow-speed"),
            Outer: new OptimizerOptions(
                OptimizerKind.Sgd,
                LearningRate: settings.Float(at + "outer.learning-rate", Bounds.Above(0)),
                Momentum: settings.Float(at + "outer.momentum", Bounds.FromToBelow(0, 1)),
                Nesterov: settings.Bool(at + "outer.nesterov"),
                WeightDecay: 0,
                Beta1: 0,
                Beta2: 0,
                Epsilon: 0
            )
        );
        return options is { FollowSpeed: true, IsOn: false }
                ? throw settings.Wrong(
                    at + "follow-speed",
                    $"off while {at}steps is 1: there is nothing to follow with"
                )
            : options.Outer is { Nesterov: true, Momentum: 0 }
                ? throw settings.Wrong(at + "outer.nesterov", $"off while {at}outer.momentum is 0")
            : options;
    }

    private static ScheduleOptions Schedule(SettingsReader settings)
    {
        const string at = Job + "schedule.";
        return new ScheduleOptions(
            Kind: settings.Choice<ScheduleKind>(at + "name"),
            WarmUpEpochs: settings.Double(at + "warm-up", Bounds.AtLeast(0)),
            StepEpochs: settings.Double(at + "step-epochs", Bounds.Above(0)),
            StepFactor: settings.Double(at + "step-factor", Bounds.AboveUpTo(0, 1)),
            Floor: settings.Double(at + "floor", Bounds.Between(0, 1))
        );
    }
}
