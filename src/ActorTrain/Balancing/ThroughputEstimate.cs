namespace ActorTrain.Balancing;

/// <summary>
/// How many samples a second are trained: the median of the last five stretches of work, begun with a measurement where
/// there is one. One stretch, or two, that something disturbed change nothing; a real change shows after three.
/// </summary>
public sealed class ThroughputEstimate
{
    /// <summary>Stretches that it looks back on.</summary>
    public const int Stretches = 5;

    private readonly Queue<double> _recent = new();

    /// <summary>Samples a second; 0 while nothing is known.</summary>
    public double SamplesPerSecond { get; private set; }

    /// <summary>Begins anew, with what the worker measured of itself; 0 where it measured nothing.</summary>
    public void Begin(double measured)
    {
        _recent.Clear();
        SamplesPerSecond = 0;
        Take(measured);
    }

    /// <summary>
    /// Takes in a stretch of work: a lease, from its first gradient to its last answer, or a gradient.
    /// </summary>
    /// <param name="samples">Samples trained on.</param>
    /// <param name="seconds">Time that they took.</param>
    public void Took(long samples, double seconds)
    {
        if (seconds > 0)
            Take(samples / seconds);
    }

    private void Take(double samplesPerSecond)
    {
        if (!(samplesPerSecond > 0) || !double.IsFinite(samplesPerSecond))
            return;
        _recent.Enqueue(samplesPerSecond);
        if (_recent.Count > Stretches)
            _recent.Dequeue();
        var sorted = _recent.Order().ToArray();
        SamplesPerSecond = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
