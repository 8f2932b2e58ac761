namespace ActorTrain.Balancing;

/// <summary>
/// Divides a global batch over unequal workers, so that a step takes each of them equally long: the micro-batch follows
/// the throughput, and the sum stays the job's batch size times the number of workers. Each push is weighted by its
/// samples (<see cref="StepWeight"/>), so that the average stays g = Σ(bᵢ/B)·ĝᵢ.
/// </summary>
internal static class MicroBatches
{
    /// <summary>
    /// Where every throughput is this near the mean, all keep the job's batch: measurements are never quite equal.
    /// </summary>
    public const double Tolerance = 0.2;

    /// <summary>
    /// The least throughput that a worker counts with, relative to the mean: smaller micro-batches cost more a sample,
    /// so a slow worker would be measured slower with each division.
    /// </summary>
    public const double Slowest = 0.5;

    // Sizes are multiples of an eighth of the batch where it can be divided so: odd ones are slow in vector code.
    private const int Pieces = 8;

    /// <summary>A worker of the division.</summary>
    /// <param name="SamplesPerSecond">Its throughput; 0 where it is unknown.</param>
    /// <param name="Most">Samples that its memory holds at most, ≥ 1.</param>
    public readonly record struct Share(double SamplesPerSecond, int Most = int.MaxValue);

    /// <summary>
    /// The micro-batch of each worker, in order: ≥ <paramref name="least"/>, at most its <see cref="Share.Most"/>,
    /// together batch × workers unless too many are at their most or their least.
    /// </summary>
    /// <param name="workers">The workers.</param>
    /// <param name="batch">The job's batch size: what each would have if all were equal.</param>
    /// <param name="slowest">The least throughput that a worker counts with, relative to the mean.</param>
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
        // An unknown throughput counts as the mean.
        var speeds = workers
            .Select(worker => worker.SamplesPerSecond > 0 ? Math.Max(slowest, worker.SamplesPerSecond / mean) : 1)
            .ToArray();
        if (speeds.All(speed => Math.Abs(speed - 1) <= Tolerance))
            Array.Fill(speeds, 1);

        // Where a memory holds less than a piece, sizes are any number of samples.
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

    // Each gets its share of the whole, and at least its fewest. What is too much for one is divided among the others.
    private static long[] Fill(double[] speeds, double[] measured, int[] fewest, int[] most, long whole)
    {
        var exact = Proportional(speeds, most, whole);
        var pieces = exact.Select((part, i) => Math.Max(fewest[i], (long)Math.Floor(part + 1e-9))).ToArray();
        RoundUpLargestRemainders(pieces, exact, measured, most, whole - pieces.Sum());
        ShrinkLargest(pieces, exact, measured, fewest, pieces.Sum() - whole);
        return pieces;
    }

    private static double[] Proportional(double[] speeds, int[] most, long whole)
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
        return exact;
    }

    private static void RoundUpLargestRemainders(
        long[] pieces,
        double[] exact,
        double[] measured,
        int[] most,
        long missing
    )
    {
        foreach (
            var i in Enumerable
                .Range(0, pieces.Length)
                .OrderByDescending(i => exact[i] - pieces[i])
                .ThenByDescending(i => measured[i])
        )
        {
            if (missing <= 0)
                return;
            if (pieces[i] == most[i])
                continue;
            pieces[i]++;
            missing--;
        }
    }

    // Where the fewest have raised the sum, the largest are reduced, the slower of them first.
    private static void ShrinkLargest(long[] pieces, double[] exact, double[] measured, int[] fewest, long excess)
    {
        if (excess <= 0)
            return;
        var candidates = new PriorityQueue<int, (long, double, double)>();
        for (var i = 0; i < pieces.Length; i++)
            Offer(i);
        for (; excess > 0 && candidates.TryDequeue(out var largest, out _); excess--)
        {
            pieces[largest]--;
            Offer(largest);
        }

        void Offer(int i)
        {
            if (pieces[i] > fewest[i])
                candidates.Enqueue(i, (-pieces[i], exact[i], measured[i]));
        }
    }
}
