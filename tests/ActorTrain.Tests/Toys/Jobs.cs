using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Staleness;

namespace ActorTrain.Tests.Toys;

/// <summary>Jobs for tests, which name only the options that matter to them.</summary>
internal static class Jobs
{
    public static JobOptions Create(
        int epochs = 2,
        int batch = 16,
        int shards = 0,
        int minimumWorkers = 1,
        int leaseBatches = 4,
        OptimizerOptions? optimizer = null,
        ScheduleOptions? schedule = null,
        long seed = 1,
        int maxInFlightPushes = 0,
        TransferDType payload = TransferDType.F32,
        int evaluateEvery = 1,
        StalenessOptions? staleness = null,
        BalanceOptions? balance = null,
        LocalStepsOptions? localSteps = null,
        float clipNorm = 0,
        ConsistencyOptions? consistency = null
    ) =>
        new(
            "test",
            new ModelOptions("linear", Settings),
            new DataOptions("made-up", Settings),
            epochs,
            batch,
            optimizer ?? Sgd(0.02f),
            schedule ?? Constant,
            clipNorm,
            consistency ?? Asynchronous,
            staleness ?? Accept,
            balance ?? Equal,
            localSteps ?? LocalSteps(1),
            shards,
            leaseBatches,
            minimumWorkers,
            maxInFlightPushes,
            payload,
            evaluateEvery,
            seed
        );

    public static OptimizerOptions Sgd(
        float learningRate,
        float momentum = 0,
        bool nesterov = false,
        float weightDecay = 0
    ) => new(OptimizerKind.Sgd, learningRate, momentum, nesterov, weightDecay, 0.9f, 0.999f, 1e-8f);

    public static OptimizerOptions Adam(float learningRate, float weightDecay = 0, bool decoupled = false) =>
        new(
            decoupled ? OptimizerKind.AdamW : OptimizerKind.Adam,
            learningRate,
            0,
            false,
            weightDecay,
            0.9f,
            0.999f,
            1e-8f
        );

    public static ConsistencyOptions Asynchronous { get; } =
        new(ConsistencyMode.Asynchronous, new SynchronousOptions(0, 0, false), new BoundedOptions(3, 0));

    public static ConsistencyOptions Synchronous(
        int globalBatch = 0,
        int backupWorkers = 0,
        bool deterministic = false
    ) =>
        Asynchronous with
        {
            Mode = ConsistencyMode.Synchronous,
            Synchronous = new SynchronousOptions(globalBatch, backupWorkers, deterministic),
        };

    public static ConsistencyOptions Bounded(int staleness, int most = 0) =>
        Asynchronous with
        {
            Mode = ConsistencyMode.Bounded,
            Bounded = new BoundedOptions(staleness, most),
        };

    public static CompensationOptions Compensation { get; } = JobOptionsReader.Read().Staleness.Compensation;

    public static StalenessOptions Accept { get; } = Staleness(StalenessPolicy.Accept);

    /// <summary>A policy with its settings from reference.conf, and no bound or demotion by default.</summary>
    public static StalenessOptions Staleness(
        StalenessPolicy policy,
        long bound = 0,
        int demoteAfter = 0,
        long threshold = 64,
        CompensationOptions? compensation = null
    ) => new(policy, bound, MaxLeaseLead: 0, demoteAfter, TimeSpan.Zero, threshold, compensation ?? Compensation);

    /// <summary>Every worker has the same leases and micro-batches, at any speed.</summary>
    public static BalanceOptions Equal { get; } = new(MicroBatch: false, Lease: false, Repeat: false);

    public static BalanceOptions ByStrength { get; } = new(MicroBatch: true, Lease: true, Repeat: true);

    /// <summary>Local steps whose push a shard applies as it is by default.</summary>
    public static LocalStepsOptions LocalSteps(
        int steps,
        float rate = 1,
        float momentum = 0,
        bool nesterov = false,
        bool followSpeed = false
    ) => new(steps, followSpeed, Sgd(rate, momentum, nesterov));

    public static ScheduleOptions Constant { get; } = new(ScheduleKind.Constant, 0, 1, 1, 0);

    private static Dictionary<string, string> Settings { get; } = [];
}
