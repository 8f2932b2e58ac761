using System.Globalization;
using ActorTrain.Settings;

namespace ActorTrain.Consistency;

/// <summary>The consistency model: how far workers may drift apart.</summary>
public enum ConsistencyMode
{
    /// <summary>One update a step, by the mean of all its gradients: <see cref="SynchronousOptions"/>.</summary>
    Synchronous,

    /// <summary>
    /// Each push is applied when it arrives; a worker that is too far ahead of the slowest waits:
    /// <see cref="BoundedOptions"/>.
    /// </summary>
    Bounded,

    /// <summary>
    /// Each push is applied when it arrives; no worker waits for another (Recht et al. 2011; Dean et al. 2012, Downpour
    /// SGD).
    /// </summary>
    Asynchronous,
}

/// <summary>Section <c>actortrain.job.consistency</c>. Can be changed while a job runs.</summary>
/// <param name="Mode">The consistency model.</param>
/// <param name="Synchronous">What a synchronous step is.</param>
/// <param name="Bounded">How far ahead a worker may be under bounded staleness.</param>
public sealed record ConsistencyOptions(ConsistencyMode Mode, SynchronousOptions Synchronous, BoundedOptions Bounded)
{
    /// <summary>
    /// Whether a step is a number of gradients, the first to arrive. Then there is one shard: several would close steps
    /// with different gradients.
    /// </summary>
    public bool CountsContributions => Mode == ConsistencyMode.Synchronous && Synchronous.BackupWorkers > 0;

    /// <summary>Whether other workers may have gone on while one waits for a lease.</summary>
    internal bool IsPaced => CountsContributions || Mode == ConsistencyMode.Bounded;

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

    /// <summary>Every setting by its key below <c>actortrain.job.consistency</c>, as it is written there.</summary>
    internal IEnumerable<(string Key, string Value)> Settings =>
        [
            ("name", Choices.NameOf(Mode)),
            ("synchronous.global-batch-size", Text(Synchronous.GlobalBatchSize)),
            ("synchronous.backup-workers", Text(Synchronous.BackupWorkers)),
            ("synchronous.deterministic", Synchronous.Deterministic ? "on" : "off"),
            ("bounded.staleness", Text(Bounded.Staleness)),
            ("bounded.max-staleness", Text(Bounded.MaxStaleness)),
        ];

    /// <summary>The settings that apply in this mode, as in configuration.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            Settings
                .Where(setting =>
                    setting.Key == "name"
                    || setting.Key.StartsWith(Choices.NameOf(Mode) + ".", StringComparison.Ordinal)
                )
                .Select(setting => $"{setting.Key} = {setting.Value}")
        );

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
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
public sealed record SynchronousOptions(int GlobalBatchSize, int BackupWorkers, bool Deterministic);

/// <summary>
/// Bounded staleness: a worker's clock is the number of gradients that it has finished, and a worker that is more than
/// <paramref name="Staleness"/> clocks ahead of the slowest waits (Ho et al. 2013, "More effective distributed ML via a
/// stale synchronous parallel parameter server"). With 0 all workers begin each clock together.
/// </summary>
/// <param name="Staleness">s: clocks that a worker may be ahead when it begins a gradient, ≥ 0.</param>
/// <param name="MaxStaleness">The bound may rise up to this where that shortens waiting (<see cref="DynamicBound"/>); 0
/// for a fixed bound.</param>
public sealed record BoundedOptions(int Staleness, int MaxStaleness);
