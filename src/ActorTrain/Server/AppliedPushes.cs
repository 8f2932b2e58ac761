using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;

namespace ActorTrain.Server;

/// <summary>
/// The record of what a shard has applied: the positions of each epoch, and the samples and staleness of each worker's
/// pushes.
/// </summary>
/// <param name="epochs">Epochs of the job.</param>
/// <param name="samples">Training samples.</param>
internal sealed class AppliedPushes(int epochs, int samples)
{
    private readonly EpochPositions _positions = new(epochs, samples);

    // The same without the gradients that an open step has gathered: those are not in the weights yet.
    private readonly EpochPositions _inWeights = new(epochs, samples);
    private readonly List<(SampleRange Part, WorkerId Worker)> _gathered = [];
    private readonly Dictionary<(string Node, int Restarts), (StalenessTally Staleness, long Samples)> _workers = [];
    private readonly StalenessTally _staleness = new();
    private int _lastEpoch;

    /// <summary>Pushes whose samples had been applied before.</summary>
    public long Duplicates { get; set; }

    /// <summary>Epochs of which every sample is applied, counted from the first without a gap.</summary>
    public int CompleteEpochs => _positions.CompleteEpochs;

    /// <summary>Whether every sample of every epoch is applied.</summary>
    public bool IsComplete => _positions.AreComplete;

    /// <summary>Whether the job has these samples.</summary>
    public bool AreInJob(SampleRange part) =>
        part.Epoch >= 1 && part.Epoch <= epochs && part.Start >= 0 && part.Count >= 1 && part.End <= samples;

    /// <summary>How a part overlaps with what is applied; its epoch must be one of the job's.</summary>
    public Overlap OverlapWith(SampleRange part) => _positions[part.Epoch].OverlapWith(part.Start, part.End);

    /// <summary>Whether every sample of a part is applied.</summary>
    public bool Contains(SampleRange part) =>
        part.Epoch >= 1 && part.Epoch <= epochs && part.Count > 0 && OverlapWith(part) == Overlap.Full;

    /// <summary>The first position of an epoch that is not applied.</summary>
    public int FirstMissing(int epoch) => _positions[epoch].FirstMissing;

    /// <summary>The positions of a range that are not applied.</summary>
    public IReadOnlyList<(int Start, int End)> MissingFrom(SampleRange range) =>
        _positions[range.Epoch].MissingFrom(range.Start, range.End);

    /// <summary>Records an applied push.</summary>
    public void Add(SampleRange part, WorkerId worker, long staleness)
    {
        Record(part, worker, staleness);
        _inWeights[part.Epoch].Add(part.Start, part.End);
    }

    /// <summary>Records a push that an open step has gathered.</summary>
    public void Gather(SampleRange part, WorkerId worker)
    {
        Record(part, worker, staleness: 0);
        _gathered.Add((part, worker));
    }

    /// <summary>What was gathered is in the weights now.</summary>
    public void StepClosed()
    {
        foreach (var (part, _) in _gathered)
            _inWeights[part.Epoch].Add(part.Start, part.End);
        _gathered.Clear();
    }

    private void Record(SampleRange part, WorkerId worker, long staleness)
    {
        _positions[part.Epoch].Add(part.Start, part.End);
        _lastEpoch = Math.Max(_lastEpoch, part.Epoch);
        _staleness.Add(staleness);
        var key = (worker.Node, worker.Restarts);
        if (!_workers.TryGetValue(key, out var counts))
            counts = (new StalenessTally(), 0);
        counts.Staleness.Add(staleness);
        _workers[key] = (counts.Staleness, counts.Samples + part.Count);
    }

    /// <summary>Goes on from counts.</summary>
    public void Restore(ShardProtocol.Counts counts)
    {
        Duplicates = counts.DuplicatesRefused;
        foreach (var positions in new[] { _positions, _inWeights })
        {
            for (var epoch = 1; epoch <= counts.CompleteEpochs; epoch++)
                positions[epoch].Add(0, samples);
            foreach (var range in counts.Applied)
                positions[range.Epoch].Add(range.Start, range.End);
        }
        _lastEpoch = counts.Applied.Select(range => range.Epoch).Append(counts.CompleteEpochs).Max();
        foreach (var worker in counts.Workers)
        {
            var tally = new StalenessTally();
            foreach (var each in new[] { tally, _staleness })
                each.Add(worker.StalenessHistogram, worker.Pushes, worker.StalenessSum, worker.StalenessMax);
            _workers.Add((worker.Node, worker.Restarts), (tally, worker.Samples));
        }
    }

    /// <summary>Whether every position before a place of the order is in the weights.</summary>
    public bool AreInWeightsBefore(SampleRange place)
    {
        var complete = _inWeights.CompleteEpochs;
        return complete >= place.Epoch
            || (
                complete == place.Epoch - 1 && (place.Start == 0 || _inWeights[place.Epoch].FirstMissing >= place.Start)
            );
    }

    /// <summary>The counts, for the coordinator.</summary>
    public ShardProtocol.Counts GetCounts(long round, int shard, long version) =>
        Counts(_positions, round, shard, version, CountWorkers());

    /// <summary>The counts of what is in the weights, for a snapshot.</summary>
    public ShardProtocol.Counts GetCountsInWeights(int shard, long version)
    {
        var workers = CountWorkers();
        foreach (var gathered in _gathered.GroupBy(push => (push.Worker.Node, push.Worker.Restarts)))
        {
            var i = Array.FindIndex(workers, worker => (worker.Node, worker.Restarts) == gathered.Key);
            var (pushes, histogram) = (gathered.Count(), (long[])[.. workers[i].StalenessHistogram]);
            histogram[0] -= pushes;
            workers[i] = workers[i] with
            {
                Samples = workers[i].Samples - gathered.Sum(push => (long)push.Part.Count),
                Pushes = workers[i].Pushes - pushes,
                StalenessHistogram = histogram,
            };
        }
        return Counts(_inWeights, 0, shard, version, [.. workers.Where(worker => worker.Pushes > 0)]);
    }

    private ShardProtocol.Counts Counts(
        EpochPositions positions,
        long round,
        int shard,
        long version,
        ShardProtocol.WorkerCount[] workers
    ) =>
        new(
            round,
            shard,
            version,
            Duplicates,
            positions.CompleteEpochs,
            AppliedInOpenEpochs(positions),
            workers,
            _staleness.Histogram()
        );

    // No worker trains far ahead, so the epochs that have begun follow each other.
    private SampleRange[] AppliedInOpenEpochs(EpochPositions positions)
    {
        var applied = new List<SampleRange>();
        for (var epoch = positions.CompleteEpochs + 1; epoch <= _lastEpoch; epoch++)
            foreach (var (start, end) in positions[epoch].Ranges)
                applied.Add(new SampleRange(epoch, start, end - start));
        return [.. applied];
    }

    private ShardProtocol.WorkerCount[] CountWorkers() =>
        [
            .. _workers
                .OrderBy(worker => worker.Key.Node, StringComparer.Ordinal)
                .ThenBy(worker => worker.Key.Restarts)
                .Select(worker => new ShardProtocol.WorkerCount(
                    worker.Key.Node,
                    worker.Key.Restarts,
                    worker.Value.Samples,
                    worker.Value.Staleness.Pushes,
                    worker.Value.Staleness.Sum,
                    worker.Value.Staleness.Max,
                    worker.Value.Staleness.Histogram()
                )),
        ];
}
