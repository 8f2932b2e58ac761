using System.Runtime.InteropServices;
using ActorTrain.Lane;
using ActorTrain.Parameters;
using ActorTrain.Protocol;

namespace ActorTrain.Server;

/// <summary>
/// Combines the buffers that each worker last reported, by epoch. Floats are averaged by the samples that each worker
/// has seen, s = Σ nᵢ·sᵢ / Σ nᵢ; values that all workers have alike stay the same bit for bit. Integers (a counter, a
/// permutation, a mask) are those of the worker that has seen the most samples.
/// </summary>
/// <param name="sections">The types of the buffers' values.</param>
/// <param name="isEvaluatedAfter">Whether an epoch is evaluated.</param>
internal sealed class CombinedBuffers(IReadOnlyList<TypedRange> sections, Func<int, bool> isEvaluatedAfter)
{
    // Stands for all workers where it has what every worker begins with.
    private const string Everyone = "";

    private int _before;
    private readonly SortedDictionary<int, SortedDictionary<string, (long Samples, float[] State)>> _epochs = [];

    public int Length { get; } = sections.Sum(section => section.Length);

    /// <summary>Keeps a worker's report in place of its earlier one of the same epoch.</summary>
    public void Report(WorkerId worker, int epoch, long samples, ReadOnlySpan<float> state)
    {
        if (samples <= 0 || epoch < _before)
            return;
        // No evaluation needs it.
        if (_epochs.Count > 0 && epoch < _epochs.Keys.Last() && !isEvaluatedAfter(epoch))
            return;
        if (!_epochs.TryGetValue(epoch, out var reports))
            _epochs.Add(epoch, reports = new(StringComparer.Ordinal));
        reports.Remove(Everyone);
        reports[worker.Node] = (samples, state.ToArray());
        Forget(past => !isEvaluatedAfter(past));
    }

    /// <summary>The reports, to be copied to a standby. They do not change.</summary>
    public Snapshot ToSnapshot()
    {
        var reports = _epochs
            .SelectMany(epoch =>
                epoch.Value.Select(report =>
                    (Row: new BuffersReport(epoch.Key, report.Key, report.Value.Samples), report.Value.State)
                )
            )
            .ToList();
        return new Snapshot(
            new SnapshotRecord(
                null,
                new BuffersRecord([.. reports.Select(report => report.Row)], _before),
                reports.Count
            ),
            [.. reports.Select(report => TensorSlice.From(report.State))]
        );
    }

    /// <summary>The reports, of which those of the newest epoch are combined to what every worker begins with, and end
    /// with a worker's first report.</summary>
    public (BuffersRecord Record, IReadOnlyList<float[]> Vectors) ToBeginning()
    {
        var (rows, vectors) = (new List<BuffersReport>(), new List<float[]>());
        foreach (var (epoch, reports) in _epochs.SkipLast(1))
        foreach (var (node, (samples, state)) in reports)
        {
            rows.Add(new BuffersReport(epoch, node, samples));
            vectors.Add(state);
        }
        var combined = new float[Length];
        if (Combine(epoch: 0, combined) is > 0 and var all)
        {
            rows.Add(new BuffersReport(_epochs.Keys.Last(), Everyone, all));
            vectors.Add(combined);
        }
        return (new BuffersRecord([.. rows], _before), vectors);
    }

    /// <summary>Goes on from a snapshot.</summary>
    public void Restore(BuffersRecord record, IReadOnlyList<TensorSlice> vectors)
    {
        _before = record.Before;
        foreach (var (report, vector) in record.Reports.Zip(vectors))
        {
            if (!_epochs.TryGetValue(report.Epoch, out var reports))
                _epochs.Add(report.Epoch, reports = new(StringComparer.Ordinal));
            reports[report.Node] = (report.Samples, vector.Values.ToArray());
        }
    }

    /// <summary>Forgets the epochs before this one; the newest reported epoch stays.</summary>
    public void ForgetBefore(int epoch)
    {
        _before = Math.Max(_before, epoch);
        Forget(past => past < _before);
    }

    private void Forget(Func<int, bool> isUnwanted)
    {
        foreach (var past in _epochs.Keys.SkipLast(1).Where(isUnwanted).ToList())
            _epochs.Remove(past);
    }

    /// <summary>Combines the reports of an epoch.</summary>
    /// <param name="epoch">The epoch; 0 for the newest.</param>
    /// <param name="combined">The result.</param>
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
        var result = GetBytes(section, combined);
        // A frozen part of a model, a mask: the same on every worker.
        if (states.All(state => GetBytes(section, state).SequenceEqual(GetBytes(section, states[0]))))
            return;
        for (var i = 0; i < section.Count; i++)
        {
            var (sum, first, differ) = (0.0, 0.0, false);
            for (var worker = 0; worker < states.Length; worker++)
            {
                var value = section.Type.Read(GetBytes(section, states[worker]), i);
                if (worker == 0)
                    first = value;
                // A weighted sum of equal numbers may differ from them by a bit.
                differ |= !value.Equals(first);
                sum += weights[worker] * value;
            }
            if (differ)
                section.Type.Write(result, i, sum);
        }
    }

    private static Span<byte> GetBytes(TypedRange section, Span<float> state) =>
        MemoryMarshal.AsBytes(state.Slice(section.Offset, section.Length));
}
