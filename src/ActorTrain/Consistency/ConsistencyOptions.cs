using ActorTrain.Settings;
using ActorTrain.Staleness;

namespace ActorTrain.Consistency;

/// <summary>
/// The consistency model, which says how far workers may drift apart: section <c>actortrain.job.consistency</c>. Can be
/// changed while a job runs.
/// </summary>
public sealed record ConsistencyOptions
{
    /// <summary>
    /// The consistency model: one of <see cref="ConsistencyMode"/>, or one that the nodes have added
    /// (<c>AddConsistencyModel</c>). Its key is <c>name</c>.
    /// </summary>
    public string Mode { get; init; } = ConsistencyMode.Asynchronous;

    /// <summary>What a synchronous step is.</summary>
    public SynchronousOptions Synchronous { get; init; } = new();

    /// <summary>How far ahead a worker may be under bounded staleness.</summary>
    public BoundedOptions Bounded { get; init; } = new();

    /// <summary>
    /// Settings of a model that the nodes have added: section <c>actortrain.job.consistency.settings</c>, with relative
    /// keys.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get;
        init => field = new SettingValues(value);
    } = new SettingValues();

    /// <summary>
    /// Whether a step is a number of gradients, the first to arrive. Then there is one shard: several would close steps
    /// with different gradients.
    /// </summary>
    public bool CountsContributions => Mode == ConsistencyMode.Synchronous && Synchronous.BackupWorkers > 0;

    /// <summary>Whether other workers may have gone on while one waits for a lease.</summary>
    internal bool IsPaced =>
        CountsContributions || Mode is not (ConsistencyMode.Synchronous or ConsistencyMode.Asynchronous);

    /// <summary>The staleness policy that is in effect under this model: in a synchronous step no gradient is
    /// stale.</summary>
    internal StalenessOptions InEffect(StalenessOptions staleness) =>
        Mode == ConsistencyMode.Synchronous ? staleness with { Policy = StalenessPolicy.Accept } : staleness;

    /// <summary>The same, with the global batch size as a number.</summary>
    /// <param name="pushSamples">Samples of a whole push.</param>
    /// <param name="workers">Workers that take part now.</param>
    public ConsistencyOptions Resolved(int pushSamples, int workers) =>
        Mode != ConsistencyMode.Synchronous || Synchronous.GlobalBatchSize > 0 || Synchronous.BackupWorkers > 0
            ? this
            : this with
            {
                Synchronous = Synchronous with
                {
                    GlobalBatchSize = (int)Math.Min(int.MaxValue, (long)pushSamples * Math.Max(1, workers)),
                },
            };

    /// <summary>The settings that apply in this mode, as in configuration.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            OptionsAsSettings
                .Entries("actortrain.job.consistency", this)
                .Where(setting => Applies(setting.Key))
                .Select(setting => $"{setting.Key} = {setting.Value}")
        );

    private bool Applies(string key) =>
        key == "name"
        || key.StartsWith((ConsistencyMode.All.Contains(Mode) ? Mode : "settings") + ".", StringComparison.Ordinal);
}

/// <summary>
/// Synchronous training: an epoch's order is cut into steps of <paramref name="GlobalBatchSize"/> samples, and each
/// step is one update by the mean of all its gradients, weighted by samples and summed in the order of the epoch. So
/// the result depends neither on the worker that computes a gradient nor on the time when it arrives.
/// </summary>
/// <param name="GlobalBatchSize">Samples a step; 0 for a whole push of each worker that takes part when training, or
/// this model, begins.</param>
/// <param name="BackupWorkers">b: of the N + b workers that train, the first N gradients are a step, and later ones
/// are refused (Chen et al. 2016, "Revisiting distributed synchronous SGD"). 0 waits for all.</param>
/// <param name="Deterministic">Whether all gradients are of the job's batch size on every worker, so that any number of
/// workers of one kind gives the same bits.</param>
public sealed record SynchronousOptions(int GlobalBatchSize = 0, int BackupWorkers = 0, bool Deterministic = false);

/// <summary>
/// Bounded staleness: a worker's clock is the number of gradients that it has finished, and a worker that is more than
/// <paramref name="Staleness"/> clocks ahead of the slowest waits (Ho et al. 2013, "More effective distributed ML via a
/// stale synchronous parallel parameter server"). With 0 all workers begin each clock together.
/// </summary>
/// <param name="Staleness">s: clocks that a worker may be ahead when it begins a gradient, ≥ 0.</param>
/// <param name="MaxStaleness">The bound may rise up to this where that shortens waiting (<see cref="DynamicBound"/>); 0
/// for a fixed bound.</param>
public sealed record BoundedOptions(int Staleness = 3, int MaxStaleness = 0);
