namespace ActorTrain.Coordinator;

/// <summary>The throughput of the last few seconds.</summary>
internal sealed class RecentThroughput
{
    private const double WindowSeconds = 5;

    private readonly Queue<(TimeSpan At, long Samples)> _window = [];
    private (TimeSpan At, long Samples) _last;

    /// <summary>Samples a second; 0 before there is a second moment.</summary>
    public double SamplesPerSecond =>
        _window.TryPeek(out var first) && (_last.At - first.At).TotalSeconds is > 0 and var seconds
            ? (_last.Samples - first.Samples) / seconds
            : 0;

    /// <summary>So many samples are applied now.</summary>
    public void Add(TimeSpan now, long samples)
    {
        _last = (now, samples);
        _window.Enqueue(_last);
        while (_window.Count > 2 && (now - _window.Peek().At).TotalSeconds > WindowSeconds)
            _window.Dequeue();
    }
}
