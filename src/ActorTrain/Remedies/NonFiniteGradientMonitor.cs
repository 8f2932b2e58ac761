using ActorTrain.Leases;

namespace ActorTrain.Remedies;

/// <summary>
/// Decides what follows from gradients that are not finite. A worker that pushes several is quarantined: its device may
/// be at fault. Samples whose gradient is not finite on several attempts end the job: the data is at fault, or training
/// has diverged.
/// </summary>
internal sealed class NonFiniteGradientMonitor
{
    /// <summary>
    /// Pushes that are not finite, without a finite one between them, after which a worker is quarantined.
    /// </summary>
    public const int Strikes = 3;

    /// <summary>Attempts at the same samples after which the job ends.</summary>
    public const int Attempts = 3;

    private readonly Dictionary<string, int> _strikes = [];
    private readonly Dictionary<int, PositionSet[]> _attempts = [];

    /// <summary>Whether a worker is quarantined after a lease.</summary>
    /// <param name="node">The worker.</param>
    /// <param name="notFinite">Its pushes in one lease that were refused as not finite.</param>
    /// <param name="others">Its other pushes in the lease.</param>
    public bool Quarantines(string node, int notFinite, int others)
    {
        var before = others > 0 ? 0 : _strikes.GetValueOrDefault(node);
        // Where most pushes are finite, the samples are suspect and not the worker.
        _strikes[node] = others > notFinite ? 0 : before + notFinite;
        return _strikes[node] >= Strikes;
    }

    /// <summary>Records an attempt at some samples whose gradient was not finite.</summary>
    /// <returns>Whether some of them have been tried <see cref="Attempts"/> times.</returns>
    public bool IsHopeless(SampleRange part)
    {
        if (!_attempts.TryGetValue(part.Epoch, out var levels))
            _attempts.Add(part.Epoch, levels = [.. Enumerable.Range(0, Attempts).Select(_ => new PositionSet())]);
        // Level i holds the positions that were tried more than i times: a position tried again moves up a level.
        for (var i = Attempts - 1; i > 0; i--)
            foreach (var (start, end) in levels[i - 1].Ranges)
                levels[i].Add(Math.Max(start, part.Start), Math.Min(end, part.End));
        levels[0].Add(part.Start, part.End);
        return levels[^1].OverlapWith(part.Start, part.End) != Overlap.None;
    }

    /// <summary>A worker begins a new incarnation.</summary>
    public void Forget(string node) => _strikes.Remove(node);
}
