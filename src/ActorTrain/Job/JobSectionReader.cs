using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Parameters;
using ActorTrain.Settings;
using ActorTrain.Staleness;

namespace ActorTrain.Job;

/// <summary>Reads the sections of a job's settings, each as its record of options.</summary>
/// <exception cref="ActorTrainException">(each method) A value is invalid, or does not fit the others.</exception>
internal sealed class JobSectionReader(SettingsReader settings)
{
    /// <summary>Largest count accepted: far beyond any use, and products of two still fit a long.</summary>
    public const int MaxCount = 1_000_000;

    private const string Job = "actortrain.job.";
    private const int MaxGlobalBatch = 1_000_000_000;

    /// <summary>Largest push accepted: the sum of two still fits an int.</summary>
    private const int MaxPushSamples = 1_000_000_000;

    public ModelOptions Model() => new(settings.Text(Job + "model.name"), settings.Section(Job + "model"));

    /// <summary>The fingerprint is the job's own setting; the engine reads the others.</summary>
    public DataOptions Data()
    {
        const string fingerprint = "fingerprint";
        var section = settings.Section(Job + "data").Where(setting => setting.Key != fingerprint);
        return new DataOptions(settings.Text(Job + "data.name"), section.ToDictionary(StringComparer.Ordinal))
        {
            Fingerprint = settings.TextOrNone(Job + "data." + fingerprint) ?? "",
        };
    }

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
        return new ConsistencyOptions(
            settings.Choice<ConsistencyMode>(at + "name"),
            new SynchronousOptions(
                GlobalBatchSize: settings.Int(synchronous + "global-batch-size", 0, MaxGlobalBatch),
                BackupWorkers: settings.Int(synchronous + "backup-workers", 0, MaxCount),
                Deterministic: settings.Bool(synchronous + "deterministic")
            ),
            new BoundedOptions(
                Staleness: settings.Int(bounded + "staleness", 0, MaxCount),
                MaxStaleness: settings.Int(bounded + "max-staleness", 0, MaxCount)
            )
        );
    }

    /// <param name="optimizer">The optimizer that applies the gradients; some policies need a certain one.</param>
    public StalenessOptions Staleness(OptimizerOptions optimizer)
    {
        const string at = Job + "staleness.";
        var options = new StalenessOptions(
            Policy: settings.Choice<StalenessPolicy>(at + "policy"),
            Bound: settings.Int(at + "bound", 0, MaxCount),
            MaxLeaseLead: settings.Int(at + "max-lease-lead", 0, MaxCount),
            DemoteAfter: settings.Int(at + "demote-after", 0, MaxCount),
            Rest: settings.Duration(at + "rest", TimeSpan.Zero),
            Threshold: settings.Int(at + "threshold", 1, MaxCount),
            Compensation: Compensation(at)
        );
        return GradientCompensations.IncompatibilityOf(options.Policy, optimizer) is { } incompatibility
            ? throw settings.Wrong(at + "policy", "another " + incompatibility)
            : options;
    }

    private CompensationOptions Compensation(string at) =>
        new(
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
        );

    public OptimizerOptions Optimizer()
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

    /// <param name="batchSize">The job's batch size, which bounds the steps of a push.</param>
    public LocalStepsOptions LocalSteps(int batchSize)
    {
        const string at = Job + "local-steps.";
        var options = new LocalStepsOptions(
            Steps: settings.Int(at + "steps", 1, Math.Min(MaxCount, MaxPushSamples / batchSize)),
            FollowSpeed: settings.Bool(at + "follow-speed"),
            Outer: OuterOptimizer(at + "outer.")
        );
        if (options is { FollowSpeed: true, IsOn: false })
            throw settings.Wrong(at + "follow-speed", $"off while {at}steps is 1: there is nothing to follow with");
        if (options.Outer is { Nesterov: true, Momentum: 0 })
            throw settings.Wrong(at + "outer.nesterov", $"off while {at}outer.momentum is 0");
        return options;
    }

    private OptimizerOptions OuterOptimizer(string at) =>
        new(
            OptimizerKind.Sgd,
            LearningRate: settings.Float(at + "learning-rate", Bounds.Above(0)),
            Momentum: settings.Float(at + "momentum", Bounds.FromToBelow(0, 1)),
            Nesterov: settings.Bool(at + "nesterov"),
            WeightDecay: 0,
            Beta1: 0,
            Beta2: 0,
            Epsilon: 0
        );

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
