namespace ActorTrain.Balancing;

/// <summary>
/// Divides a global batch over unequal workers, so that a step takes each of them equally long: the micro-batch follows
/// the throughput, and all together stay what they were (the job's batch times the number of workers). Each push counts
/// by its samples (<see cref="StepWeight"/>), so that the average stays g = Σ(bᵢ/B)·ĝᵢ.
/// </summary>
public static class MicroBatches
{
    /// <summary>
    /// Workers whose throughput is this near the mean keep the job's batch: what is measured is never quite equal.
    /// </summary>
    public const double Tolerance = 0.2;

    /// <summary>
    /// A worker counts as at least so fast, beside the mean: smaller micro-batches cost more a sample, and a slow
    /// worker would look slower for it, again and again.
    /// </summary>
    public const double Slowest = 0.5;

    // Sizes are multiples of an eighth of the batch where it can be divided so: odd ones are slow in vector code.
    private const int Pieces = 8;

    /// <summary>A worker as the division sees it.</summary>
    /// <param name="SamplesPerSecond">Its throughput; 0 where nothing is known.</param>
    /// <param name="Most">Samples that its memory holds at most, ≥ 1.</param>
    public readonly record struct Share(double SamplesPerSecond, int Most = int.MaxValue);

    /// <summary>
    /// The micro-batch of each worker, in order: ≥ <paramref name="least"/>, at most its <see cref="Share.Most"/>,
    /// together batch × workers unless too many are at their most or their least.
    /// </summary>
    /// <param name="workers">The workers.</param>
    /// <param name="batch">The job's batch: what each would have if all were equal.</param>
    /// <param name="slowest">How fast each counts at least, beside the mean.</param>
    /// <param name="least">Samples a micro-batch has at least, where the worker's memory holds as many, ≥ 1.</param>
    public static IReadOnlyList<int> Divide(
        IReadOnlyList<Share> workers,
        int batch,
        double slowest = Slowest,
        int least = 1
    )
    {
        var known = workers.Where(worker => worker.SamplesPerSecond > 0).ToList();
        var mean = known.Count == 0 ? 1 : known.Average(worker => worker.SamplesPerSecond);
        // Of whom nothing is known is taken for an average one.
        var speeds = workers
            .Select(worker => worker.SamplesPerSecond > 0 ? Math.Max(slowest, worker.SamplesPerSecond / mean) : 1)
            .ToArray();
        if (speeds.All(speed => Math.Abs(speed - 1) <= Tolerance))
            Array.Fill(speeds, 1);

        // Who holds less than a piece leaves odd ones to the others.
        var unit = batch % Pieces == 0 && workers.All(worker => worker.Most >= batch / Pieces) ? batch / Pieces : 1;
        var most = workers.Select(worker => Math.Max(1, worker.Most / unit)).ToArray();
        var fewest = most.Select(largest => Math.Min(largest, (least + unit - 1) / unit)).ToArray();
        var pieces = Fill(
            speeds,
            [.. workers.Select(worker => worker.SamplesPerSecond)],
            fewest,
            most,
            (long)workers.Count * batch / unit
        );
        return [.. workers.Select((worker, i) => (int)Math.Min(worker.Most, Math.Min(int.MaxValue, pieces[i] * unit)))];
    }

    // Each gets its part of the whole, and at least its fewest; what is too much for one goes to the others, in
    // proportion again.
    private static long[] Fill(double[] speeds, double[] measured, int[] fewest, int[] most, long whole)
    {
        var exact = new double[speeds.Length];
        var open = Enumerable.Range(0, speeds.Length).ToList();
        var left = (double)whole;
        while (open.Count > 0)
        {
            var sum = open.Sum(i => speeds[i]);
            var full = open.Where(i => left * speeds[i] / sum >= most[i]).ToList();
            if (full.Count == 0)
            {
                foreach (var i in open)
                    exact[i] = left * speeds[i] / sum;
                break;
            }
            foreach (var i in full)
                exact[i] = most[i];
            left -= full.Sum(i => most[i]);
            open.RemoveAll(full.Contains);
        }

        var pieces = exact.Select((part, i) => Math.Max(fewest[i], (long)Math.Floor(part + 1e-9))).ToArray();
        // The largest remainders are rounded up until the sum is right; where the fewest made it too large, the largest
        // give, the less fast of them first.
        var missing = whole - pieces.Sum();
        foreach (
            var i in Enumerable
                .Range(0, pieces.Length)
                .OrderByDescending(i => exact[i] - pieces[i])
                .ThenByDescending(i => measured[i])
        )
        {
            if (missing <= 0)
                break;
            if (pieces[i] == most[i])
                continue;
            pieces[i]++;
            missing--;
        }
        var giving = new PriorityQueue<int, (long, double, double)>();
        if (missing < 0)
            for (var i = 0; i < pieces.Length; i++)
                Offer(i);
        for (; missing < 0 && giving.TryDequeue(out var gives, out _); missing++)
        {
            pieces[gives]--;
            Offer(gives);
        }
        return pieces;

        void Offer(int i)
        {
            if (pieces[i] > fewest[i])
                giving.Enqueue(i, (-pieces[i], exact[i], measured[i]));
        }
    }
}
