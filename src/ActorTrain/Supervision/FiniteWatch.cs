using ActorTrain.Leases;

namespace ActorTrain.Supervision;

/// <summary>
/// Decides what becomes of gradients that are not finite. A worker whose pushes are so again and again is quarantined:
/// its device may be at fault. Samples that give no finite gradient whoever computes it end the job: the data is at
/// fault, or training has diverged.
/// </summary>
public sealed class FiniteWatch
{
    /// <summary>
    /// Pushes that are not finite, without a better one between them, after which a worker is quarantined.
    /// </summary>
    public const int Strikes = 3;

    /// <summary>Attempts at the same samples after which the job ends.</summary>
    public const int Attempts = 3;

    private readonly Dictionary<string, int> _strikes = [];
    private readonly Dictionary<int, PositionSet[]> _attempts = [];

    /// <summary>Whether a worker is to be quarantined.</summary>
    /// <param name="node">The worker.</param>
    /// <param name="notFinite">Its pushes in one lease that were refused as not finite.</param>
    /// <param name="others">Its other pushes in the lease.</param>
    public bool Quarantines(string node, int notFinite, int others)
    {
        var before = others > 0 ? 0 : _strikes.GetValueOrDefault(node);
        // Where the good outnumber the bad it is the samples that are suspect, and not the worker.
        _strikes[node] = others > notFinite ? 0 : before + notFinite;
        return _strikes[node] >= Strikes;
    }

    /// <summary>Notes an attempt at some samples that gave no finite gradient.</summary>
    /// <returns>Whether it was one too many.</returns>
    public bool IsHopeless(LeasePart part)
    {
        if (!_attempts.TryGetValue(part.Epoch, out var levels))
            _attempts.Add(part.Epoch, levels = [.. Enumerable.Range(0, Attempts).Select(_ => new PositionSet())]);
        // Level i holds the positions that were tried more than i times: what was on one goes up to the next.
        for (var i = Attempts - 1; i > 0; i--)
            foreach (var (start, end) in levels[i - 1].Stretches)
                levels[i].Add(Math.Max(start, part.Start), Math.Min(end, part.End));
        levels[0].Add(part.Start, part.End);
        return levels[^1].OverlapWith(part.Start, part.End) != Overlap.None;
    }

    /// <summary>A worker begins a new life.</summary>
    public void Forget(string node) => _strikes.Remove(node);
}
