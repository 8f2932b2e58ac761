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
        new()
        {
            Name = "test",
            Model = "linear",
            Data = "made-up",
            Epochs = epochs,
            BatchSize = batch,
            Optimizer = optimizer ?? Sgd(0.02f),
            Schedule = schedule ?? Constant,
            GradientClipNorm = clipNorm,
            Consistency = consistency ?? Asynchronous,
            Staleness = staleness ?? Accept,
            Balance = balance ?? Equal,
            LocalSteps = localSteps ?? LocalSteps(1),
            Shards = shards,
            MicroBatchesPerLease = leaseBatches,
            MinimumWorkers = minimumWorkers,
            MaxInFlightPushes = maxInFlightPushes,
            TransferDType = payload,
            EvaluateEvery = evaluateEvery,
            Seed = seed,
        };

    public static Sgd Sgd(double learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0) =>
        new(learningRate)
        {
            Momentum = momentum,
            Nesterov = nesterov,
            WeightDecay = weightDecay,
        };

    public static Adam Adam(double learningRate, double weightDecay = 0, bool decoupled = false) =>
        (decoupled ? new AdamW(learningRate) : new Adam(learningRate)) with
        {
            WeightDecay = weightDecay,
        };

    public static ConsistencyOptions Asynchronous { get; } = new();

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

    public static StalenessOptions Accept { get; } = Staleness(StalenessPolicy.Accept);

    /// <summary>A policy with its default settings, and no bound or demotion by default.</summary>
    public static StalenessOptions Staleness(string policy, long bound = 0, int demoteAfter = 0, long threshold = 64) =>
        new()
        {
            Policy = policy,
            Bound = bound,
            DemoteAfter = demoteAfter,
            Rest = TimeSpan.Zero,
            Threshold = threshold,
        };

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
    ) => new(steps, followSpeed) { Outer = Sgd(rate, momentum, nesterov) };

    public static ScheduleOptions Constant { get; } = new(ScheduleKind.Constant, 0, 1, 1, 0);
}
