using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Parameters;
using ActorTrain.Settings;
using ActorTrain.Staleness;

namespace ActorTrain.Job;

/// <summary>Reads the sections of a job's settings, each as its record of options.</summary>
/// <exception cref="ActorTrainException">(each method) A value is invalid, or does not fit the others.</exception>
/// <param name="settings">The settings.</param>
/// <param name="algorithms">The algorithms that the job may name; null for any, which the nodes check.</param>
internal sealed class JobSectionReader(SettingsReader settings, Algorithms? algorithms)
{
    /// <summary>Largest count accepted: far beyond any use, and products of two still fit a long.</summary>
    public const int MaxCount = 1_000_000;

    private const string Job = "actortrain.job.";
    private const int MaxGlobalBatch = 1_000_000_000;

    /// <summary>Largest push accepted: the sum of two still fits an int.</summary>
    private const int MaxPushSamples = 1_000_000_000;

    public ModelOptions Model() =>
        new(settings.Text(Job + "model.name")) { Settings = settings.Section(Job + "model") };

    public DataOptions Data() =>
        new(settings.Text(Job + "data.name"))
        {
            Settings = settings.Section(Job + "data"),
            Fingerprint = settings.TextOrNone(Job + "data.fingerprint") ?? "",
        };

    public BalanceOptions Balance() =>
        new(
            MicroBatch: settings.Bool(Job + "balance.micro-batch"),
            Lease: settings.Bool(Job + "balance.lease"),
            Repeat: settings.Bool(Job + "balance.repeat")
        );

    public ConsistencyOptions Consistency()
    {
        const string at = Job + "consistency.",
            synchronous = at + "synchronous.",
            bounded = at + "bounded.";
        var mode = Algorithm(at + "name", algorithms?.ConsistencyModels);
        return new ConsistencyOptions
        {
            Mode = mode,
            Synchronous = new SynchronousOptions(
                GlobalBatchSize: settings.Int(synchronous + "global-batch-size", 0, MaxGlobalBatch),
                BackupWorkers: settings.Int(synchronous + "backup-workers", 0, MaxCount),
                Deterministic: settings.Bool(synchronous + "deterministic")
            ),
            Bounded = new BoundedOptions(
                Staleness: settings.Int(bounded + "staleness", 0, MaxCount),
                MaxStaleness: settings.Int(bounded + "max-staleness", 0, MaxCount)
            ),
            Settings = Own(at, mode, ConsistencyMode.All),
        };
    }

    /// <param name="optimizer">The optimizer that applies the gradients; some policies need a certain one.</param>
    public StalenessOptions Staleness(OptimizerOptions optimizer)
    {
        const string at = Job + "staleness.",
            adaptive = at + "dc-asgd-adaptive.",
            gapAware = at + "gap-aware.";
        var policy = Algorithm(at + "policy", algorithms?.StalenessPolicies);
        var options = new StalenessOptions
        {
            Policy = policy,
            Bound = settings.Int(at + "bound", 0, MaxCount),
            MaxLeaseLead = settings.Int(at + "max-lease-lead", 0, MaxCount),
            DemoteAfter = settings.Int(at + "demote-after", 0, MaxCount),
            Rest = settings.Duration(at + "rest", TimeSpan.Zero),
            Threshold = settings.Int(at + "threshold", 1, MaxCount),
            DcAsgd = new DcAsgdOptions(settings.Float(at + "dc-asgd.lambda", Bounds.AtLeast(0))),
            DcAsgdAdaptive = new DcAsgdAdaptiveOptions(
                Lambda: settings.Float(adaptive + "lambda", Bounds.AtLeast(0)),
                Memory: settings.Float(adaptive + "memory", Bounds.FromToBelow(0, 1)),
                Epsilon: settings.Float(adaptive + "epsilon", Bounds.Above(0))
            ),
            GapAware = new GapAwareOptions(
                Memory: settings.Float(gapAware + "memory", Bounds.FromToBelow(0, 1)),
                Epsilon: settings.Float(gapAware + "epsilon", Bounds.Above(0))
            ),
            Settings = Own(at, policy, StalenessPolicy.All),
        };
        return GradientCompensations.IncompatibilityOf(options.Policy, optimizer) is { } incompatibility
            ? throw settings.Wrong(at + "policy", "another " + incompatibility)
            : options;
    }

    public OptimizerOptions Optimizer()
    {
        const string at = Job + "optimizer.";
        var sgd = Sgd(at) with { WeightDecay = settings.Float(at + "weight-decay", Bounds.AtLeast(0)) };
        var beta1 = settings.Float(at + "beta1", Bounds.FromToBelow(0, 1));
        var beta2 = settings.Float(at + "beta2", Bounds.FromToBelow(0, 1));
        var epsilon = settings.Float(at + "epsilon", Bounds.Above(0));
        var optimizer = Algorithm(at + "name", algorithms?.Optimizers);
        var own = Own(at, optimizer, OptimizerNames.All);
        return optimizer switch
        {
            OptimizerNames.Sgd => CheckNesterov(at, sgd),
            OptimizerNames.Adam => Adam(new Adam(sgd.LearningRate)),
            OptimizerNames.AdamW => Adam(new AdamW(sgd.LearningRate)),
            var name => new CustomOptimizer(name, sgd.LearningRate) { Settings = own },
        };

        Adam Adam(Adam options) =>
            options with
            {
                Beta1 = beta1,
                Beta2 = beta2,
                Epsilon = epsilon,
                WeightDecay = sgd.WeightDecay,
            };
    }

    /// <param name="batchSize">The job's batch size, which bounds the steps of a push.</param>
    public LocalStepsOptions LocalSteps(int batchSize)
    {
        const string at = Job + "local-steps.";
        var options = new LocalStepsOptions(
            Steps: settings.Int(at + "steps", 1, Math.Min(MaxCount, MaxPushSamples / batchSize)),
            FollowSpeed: settings.Bool(at + "follow-speed")
        )
        {
            Outer = CheckNesterov(at + "outer.", Sgd(at + "outer.")),
        };
        return options is { FollowSpeed: true, IsOn: false }
            ? throw settings.Wrong(at + "follow-speed", $"off while {at}steps is 1: there is nothing to follow with")
            : options;
    }

    private Sgd Sgd(string at) =>
        new(settings.Float(at + "learning-rate", Bounds.Above(0)))
        {
            Momentum = settings.Float(at + "momentum", Bounds.FromToBelow(0, 1)),
            Nesterov = settings.Bool(at + "nesterov"),
        };

    private Sgd CheckNesterov(string at, Sgd sgd) =>
        sgd is { Nesterov: true, Momentum: 0 }
            ? throw settings.Wrong(at + "nesterov", $"off while {at}momentum is 0")
            : sgd;

    /// <summary>The settings of an algorithm that was added; the others have none.</summary>
    private IReadOnlyDictionary<string, string> Own(string at, string algorithm, IReadOnlyList<string> builtIn)
    {
        var own = settings.OpenSection(at + "settings");
        return own.Count > 0 && builtIn.Contains(algorithm)
            ? throw settings.Wrong($"{at}settings.{own.Keys.First()}", $"left out: {algorithm} has no such settings")
            : own;
    }

    /// <summary>The name of an algorithm; letters may be large or small.</summary>
    private string Algorithm(string key, IReadOnlyList<string>? known)
    {
        var name = settings.TextOrNone(key)?.ToLowerInvariant() ?? "";
        return known is null && !Algorithms.IsName(name)
                ? throw settings.Wrong(key, "a name: small letters, digits and dashes")
            : known?.Contains(name) == false ? throw settings.Wrong(key, "one of " + string.Join(", ", known))
            : name;
    }

    public CheckpointOptions Checkpoint()
    {
        const string at = Job + "checkpoint.";
        return new CheckpointOptions
        {
            Every = Interval(at + "every"),
            Folder = settings.TextOrNone(at + "folder") ?? "",
            Keep = settings.Int(at + "keep", 1, MaxCount),
            KeepEvery = Interval(at + "keep-every"),
            Best = settings.Choice<BestCheckpoint>(at + "best"),
        };

        CheckpointInterval Interval(string key) =>
            CheckpointInterval.Parse(settings.Text(key))
            ?? throw settings.Wrong(
                key,
                "off, a duration of 1s or more, or a number of epochs or samples such as 2 epochs"
            );
    }

    public ScheduleOptions Schedule()
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
