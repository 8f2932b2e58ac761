using System.Runtime.InteropServices;
using ActorTrain.Parameters;
using ActorTrain.Worker;

namespace ActorTrain.Server;

/// <summary>
/// A model's state as every worker last reported it, by epoch, combined. Fractions are weighed by the samples that each
/// worker has seen, s = Σ nᵢ·sᵢ / Σ nᵢ, and what all have alike stays as it is, bit for bit; of whole numbers (a
/// counter, a permutation, a mask) the worker's count that has seen the most.
/// </summary>
/// <param name="sections">What the state is.</param>
/// <param name="isEvaluatedAfter">Whether anybody asks for the state at an epoch's end.</param>
internal sealed class ModelState(IReadOnlyList<TypedRange> sections, Func<int, bool> isEvaluatedAfter)
{
    private int _before;
    private readonly SortedDictionary<int, SortedDictionary<string, (long Samples, float[] State)>> _epochs = [];

    public int Length { get; } = sections.Sum(section => section.Length);

    /// <summary>Takes in what a worker has; the newer report of an epoch takes the place of the one before.</summary>
    public void Report(WorkerId worker, int epoch, long samples, ReadOnlySpan<float> state)
    {
        if (samples <= 0 || epoch < _before)
            return;
        // Nobody asks for it any more, or never will.
        if (_epochs.Count > 0 && epoch < _epochs.Keys.Last() && !isEvaluatedAfter(epoch))
            return;
        if (!_epochs.TryGetValue(epoch, out var reports))
            _epochs.Add(epoch, reports = new(StringComparer.Ordinal));
        reports[worker.Node] = (samples, state.ToArray());
        Forget(past => !isEvaluatedAfter(past));
    }

    /// <summary>Nobody asks for epochs before this one any more; the newest stays.</summary>
    public void ForgetBefore(int epoch)
    {
        _before = Math.Max(_before, epoch);
        Forget(past => past < _before);
    }

    // The newest stays, whatever it is.
    private void Forget(Func<int, bool> isUnwanted)
    {
        foreach (var past in _epochs.Keys.SkipLast(1).Where(isUnwanted).ToList())
            _epochs.Remove(past);
    }

    /// <summary>The combination as it was at an epoch's end.</summary>
    /// <param name="epoch">The epoch; 0 for the newest.</param>
    /// <param name="combined">Where it goes.</param>
    /// <returns>Samples behind it; 0 before the first report.</returns>
    public long Combine(int epoch, Span<float> combined)
    {
        if (_epochs.Count == 0)
            return 0;
        var known = _epochs.Where(known => known.Key <= epoch).Select(known => known.Value).LastOrDefault();
        var reports = (epoch == 0 ? _epochs.Values.Last() : known ?? _epochs.Values.First()).Values.ToArray();
        var total = reports.Sum(report => report.Samples);
        reports.MaxBy(report => report.Samples).State.CopyTo(combined);
        foreach (var section in sections.Where(section => section.Type.IsFloat() && reports.Length > 1))
            Average(
                section,
                [.. reports.Select(report => report.Samples / (double)total)],
                [.. reports.Select(report => report.State)],
                combined
            );
        return total;
    }

    private static void Average(TypedRange section, double[] weights, float[][] states, Span<float> combined)
    {
        var result = BytesOf(section, combined);
        // A frozen part of a model, a mask: the same everywhere.
        if (states.All(state => BytesOf(section, state).SequenceEqual(BytesOf(section, states[0]))))
            return;
        for (var i = 0; i < section.Count; i++)
        {
            var (sum, first, differ) = (0.0, 0.0, false);
            for (var worker = 0; worker < states.Length; worker++)
            {
                var value = section.Type.Read(BytesOf(section, states[worker]), i);
                if (worker == 0)
                    first = value;
                // Of equal numbers a weighted sum may be off by a bit.
                differ |= !value.Equals(first);
                sum += weights[worker] * value;
            }
            if (differ)
                section.Type.Write(result, i, sum);
        }
    }

    private static Span<byte> BytesOf(TypedRange section, Span<float> state) =>
        MemoryMarshal.AsBytes(state.Slice(section.Offset, section.Length));
}
