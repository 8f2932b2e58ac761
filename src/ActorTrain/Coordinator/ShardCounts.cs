using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;

namespace ActorTrain.Coordinator;

/// <summary>The latest counts of every shard of a job, and what they add up to.</summary>
/// <param name="shards">Number of shards.</param>
internal sealed class ShardCounts(int shards)
{
    private readonly ShardProtocol.Counts?[] _counts = new ShardProtocol.Counts?[shards];

    /// <summary>The shards that have reported.</summary>
    public IEnumerable<ShardProtocol.Counts> Reported => _counts.OfType<ShardProtocol.Counts>();

    /// <summary>The newest round that every shard has answered.</summary>
    public long Round => _counts.Min(count => count?.Round ?? 0);

    /// <summary>Samples that every shard has applied.</summary>
    /// <param name="trainSamples">Samples of an epoch.</param>
    public long SamplesApplied(int trainSamples) =>
        LeastOf(count => (long)count.CompleteEpochs * trainSamples + count.Applied.Sum(part => (long)part.Count));

    /// <summary>Samples of an epoch that every shard has applied.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="trainSamples">Samples of an epoch.</param>
    public long SamplesApplied(int epoch, int trainSamples) =>
        LeastOf(count =>
            epoch <= count.CompleteEpochs
                ? trainSamples
                : count.Applied.Where(part => part.Epoch == epoch).Sum(part => (long)part.Count)
        );

    /// <summary>A shard reports its counts.</summary>
    public void Update(ShardProtocol.Counts count) => _counts[count.Shard] = count;

    /// <summary>The workers of which a shard has applied more pushes than it reported before.</summary>
    public IReadOnlyList<string> Progressing(ShardProtocol.Counts count)
    {
        var before = (_counts[count.Shard]?.Workers ?? []).ToDictionary(Key, then => then.Pushes);
        return [.. count.Workers.Where(now => now.Pushes > before.GetValueOrDefault(Key(now))).Select(now => now.Node)];
    }

    /// <summary>
    /// Where applied ranges begin and end in any shard, by epoch: a push across such a position may be partly new to
    /// that shard, which would refuse it.
    /// </summary>
    public IReadOnlyDictionary<int, SortedSet<int>> Cuts()
    {
        var cuts = new Dictionary<int, SortedSet<int>>();
        foreach (var range in Reported.SelectMany(count => count.Applied))
        {
            if (!cuts.TryGetValue(range.Epoch, out var set))
                cuts.Add(range.Epoch, set = []);
            set.Add(range.Start);
            set.Add(range.End);
        }
        return cuts;
    }

    /// <summary>By epoch, the positions that every shard has applied.</summary>
    /// <param name="first">The first epoch, from 1.</param>
    /// <param name="last">The last epoch.</param>
    /// <param name="trainSamples">Samples of an epoch.</param>
    public IReadOnlyDictionary<int, PositionSet> AppliedEverywhere(int first, int last, int trainSamples)
    {
        var everywhere = new SortedDictionary<int, PositionSet>();
        for (var epoch = first; epoch <= last; epoch++)
        {
            var applied = new PositionSet();
            applied.Add(0, trainSamples);
            foreach (var count in _counts.Where(count => !(count?.CompleteEpochs >= epoch)))
            foreach (var (start, end) in AppliedBy(count, epoch).MissingFrom(0, trainSamples))
                applied.Remove(start, end);
            everywhere.Add(epoch, applied);
        }
        return everywhere;
    }

    /// <summary>The counts of each worker at the first shard, by node and restarts.</summary>
    public Dictionary<(string Node, int Restarts), ShardProtocol.WorkerCount> WorkersOfFirstShard() =>
        (_counts is [{ } first, ..] ? first.Workers : []).ToDictionary(Key);

    /// <summary>The counts of each worker at all shards, by node and restarts.</summary>
    public ILookup<(string Node, int Restarts), ShardProtocol.WorkerCount> WorkersOfAllShards() =>
        Reported.SelectMany(count => count.Workers).ToLookup(Key);

    /// <summary>The staleness of all applied pushes.</summary>
    public StalenessSummary Staleness()
    {
        var (mean, max) = StalenessOf([.. Reported.SelectMany(count => count.Workers)]);
        return new StalenessSummary(mean, max, Sum(Reported.Select(count => count.StalenessHistogram)));
    }

    /// <summary>Mean and largest staleness of some pushes.</summary>
    public static (double Mean, long Max) StalenessOf(IReadOnlyList<ShardProtocol.WorkerCount> counts)
    {
        var pushes = counts.Sum(count => count.Pushes);
        return (
            pushes > 0 ? (double)counts.Sum(count => count.StalenessSum) / pushes : 0,
            counts.Count > 0 ? counts.Max(count => count.StalenessMax) : 0
        );
    }

    /// <summary>The sum of histograms, without the empty end.</summary>
    public static long[] Sum(IEnumerable<long[]> histograms)
    {
        var sum = new long[StalenessTally.Buckets];
        foreach (var histogram in histograms)
            for (var i = 0; i < histogram.Length; i++)
                sum[i] += histogram[i];
        return sum[..(Array.FindLastIndex(sum, pushes => pushes > 0) + 1)];
    }

    private long LeastOf(Func<ShardProtocol.Counts, long> samples) =>
        _counts.Select(count => count is null ? 0 : samples(count)).DefaultIfEmpty(0).Min();

    private static PositionSet AppliedBy(ShardProtocol.Counts? count, int epoch) =>
        PositionSet.From(
            (count?.Applied ?? []).Where(range => range.Epoch == epoch).Select(range => (range.Start, range.End))
        );

    private static (string Node, int Restarts) Key(ShardProtocol.WorkerCount count) => (count.Node, count.Restarts);
}
