using ActorTrain.Worker;

namespace ActorTrain.Server;

/// <summary>
/// The model's state that is learned without a gradient, as every worker last reported it in the newest epoch, combined by samples:
/// s = Σ nᵢ·sᵢ / Σ nᵢ.
/// </summary>
internal sealed class ModelState(int length)
{
    private readonly SortedDictionary<string, (long Samples, float[] State)> _reports = [];
    private int _epoch;

    public int Length => length;

    /// <summary>Samples behind the combined state; 0 before the first report.</summary>
    public long Samples => _reports.Values.Sum(report => report.Samples);

    public void Report(WorkerId worker, int epoch, long samples, ReadOnlySpan<float> state)
    {
        if (epoch < _epoch || samples <= 0) return;
        if (epoch > _epoch) _reports.Clear();
        _epoch = epoch;
        _reports[worker.Node] = (samples, state.ToArray());
    }

    public void Combine(Span<float> combined)
    {
        combined.Clear();
        var total = (double)Samples;
        foreach (var (samples, state) in _reports.Values)
        {
            var weight = (float)(samples / total);
            for (var i = 0; i < combined.Length; i++) combined[i] += weight * state[i];
        }
    }
}
