using System.Globalization;
using ActorTrain.Settings;

namespace ActorTrain.Consistency;

/// <summary>How tightly the workers march.</summary>
public enum ConsistencyMode
{
    /// <summary>One update a step, from the mean of all that belongs to it: <see cref="SynchronousOptions"/>.</summary>
    Synchronous,

    /// <summary>
    /// Each push is applied when it arrives, and a worker waits that is too far ahead of the slowest:
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
/// <param name="Mode">Which of them.</param>
/// <param name="Synchronous">What a step is, where training is synchronous.</param>
/// <param name="Bounded">How far ahead a worker may be, where staleness is bounded.</param>
public sealed record ConsistencyOptions(ConsistencyMode Mode, SynchronousOptions Synchronous, BoundedOptions Bounded)
{
    /// <summary>
    /// Whether a step is so many gradients, whichever come first. Then there is one shard: several would each close
    /// steps of their own, with other gradients.
    /// </summary>
    public bool CountsContributions => Mode == ConsistencyMode.Synchronous && Synchronous.BackupWorkers > 0;

    /// <summary>The same, with the samples of a step in numbers.</summary>
    /// <param name="pushSamples">Samples of a whole push.</param>
    /// <param name="workers">Workers that take part now.</param>
    public ConsistencyOptions Resolved(int pushSamples, int workers) =>
        Mode != ConsistencyMode.Synchronous || Synchronous.GlobalBatch > 0 || Synchronous.BackupWorkers > 0
            ? this
            : this with
            {
                Synchronous = Synchronous with
                {
                    GlobalBatch = (int)Math.Min(int.MaxValue, (long)pushSamples * Math.Max(1, workers)),
                },
            };

    /// <summary>Every setting by its key below <c>actortrain.job.consistency</c>, as it is written there.</summary>
    internal IEnumerable<(string Key, string Value)> Settings =>
        [
            ("name", Choices.NameOf(Mode)),
            ("synchronous.global-batch", Text(Synchronous.GlobalBatch)),
            ("synchronous.backup-workers", Text(Synchronous.BackupWorkers)),
            ("synchronous.deterministic", Synchronous.Deterministic ? "on" : "off"),
            ("bounded.staleness", Text(Bounded.Staleness)),
            ("bounded.most", Text(Bounded.Most)),
        ];

    /// <summary>In words, as in configuration: what counts for the mode.</summary>
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
/// Synchronous training: an epoch's order is cut into steps of <paramref name="GlobalBatch"/> samples, and each step is
/// one update by the mean of all its gradients, weighted by samples and summed in the order of the epoch. So the result
/// depends neither on who computes a gradient nor on when it arrives.
/// </summary>
/// <param name="GlobalBatch">Samples a step; 0 is a whole push of each of the workers that are there when training, or
/// this consistency, begins.</param>
/// <param name="BackupWorkers"> b: of the N + b workers that train, the first N gradients make a step, and what comes
/// later is refused (Chen et al. 2016, "Revisiting distributed synchronous SGD"). 0 waits for all.
/// </param>
/// <param name="Deterministic">Whether all gradients are of the job's batch, whoever computes them, so that any number
/// of workers of one kind gives the same bits.</param>
public sealed record SynchronousOptions(int GlobalBatch, int BackupWorkers, bool Deterministic);

/// <summary>
/// Bounded staleness: a worker's clock is the number of gradients that it has finished, and whoever is more than
/// <paramref name="Staleness"/> clocks ahead of the slowest waits (Ho et al. 2013, "More effective distributed ML via a
/// stale synchronous parallel parameter server"). With 0 all begin each clock together.
/// </summary>
/// <param name="Staleness">s: clocks that a worker may be ahead when it begins a gradient, ≥ 0.</param>
/// <param name="Most">Where this is more than <paramref name="Staleness"/>, the bound moves up to it where that saves
/// waiting (<see cref="DynamicBound"/>); 0 leaves it as it is.</param>
public sealed record BoundedOptions(int Staleness, int Most);
