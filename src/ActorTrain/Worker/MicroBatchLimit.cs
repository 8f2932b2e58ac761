using ActorTrain.Sentences;

namespace ActorTrain.Worker;

/// <summary>The most samples that the device's memory holds at once, found by running out of it.</summary>
/// <param name="initial">The limit from the measurement.</param>
/// <param name="smallest">Samples of a gradient at least (<c>minimum-micro-batch-size</c>).</param>
internal sealed class MicroBatchLimit(int initial, int smallest)
{
    private int _largestComputed;

    /// <summary>Samples of a gradient at most.</summary>
    public int Max { get; private set; } = initial;

    /// <summary>A gradient of so many samples was computed.</summary>
    public void Computed(int samples) => _largestComputed = Math.Max(_largestComputed, samples);

    /// <summary>So many samples were too many: the limit becomes half of them, or what was computed before.</summary>
    /// <returns>Whether a gradient can have fewer samples.</returns>
    public bool TryReduce(int tooMany)
    {
        if (tooMany <= smallest)
            return false;
        Max = Math.Max(Math.Max(tooMany / 2, smallest), Math.Min(_largestComputed, tooMany - 1));
        return true;
    }

    /// <summary>Why the worker cannot go on, where the limit cannot be reduced.</summary>
    public string Describe(int tooMany, string reason) =>
        tooMany == 1
            ? $"a single sample is too much for the device: {reason}"
            : $"{Plural.Format(tooMany, "sample")} are too many for the device, and a gradient is of at least "
                + $"{smallest} (minimum-micro-batch-size): {reason}";
}
