namespace ActorTrain.Balancing;

/// <summary>
/// How many samples a second are trained: the median of the last five measurements, the first of which may be the
/// worker's own. One or two that were disturbed change nothing; a real change shows after three.
/// </summary>
internal sealed class ThroughputEstimate
{
    /// <summary>Measurements that it is the median of.</summary>
    public const int Window = 5;

    private readonly Queue<double> _recent = new();

    /// <summary>Samples a second; 0 while it is unknown.</summary>
    public double SamplesPerSecond { get; private set; }

    /// <summary>Begins again, with the worker's own measurement; 0 where there is none.</summary>
    public void Begin(double measured)
    {
        _recent.Clear();
        SamplesPerSecond = 0;
        Add(measured);
    }

    /// <summary>
    /// Adds a measurement: a lease, from its first gradient to its last reply, or a gradient.
    /// </summary>
    /// <param name="samples">Samples trained on.</param>
    /// <param name="seconds">Time that they took.</param>
    public void Took(long samples, double seconds)
    {
        if (seconds > 0)
            Add(samples / seconds);
    }

    private void Add(double samplesPerSecond)
    {
        if (!(samplesPerSecond > 0) || !double.IsFinite(samplesPerSecond))
            return;
        _recent.Enqueue(samplesPerSecond);
        if (_recent.Count > Window)
            _recent.Dequeue();
        var sorted = _recent.Order().ToArray();
        SamplesPerSecond = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
