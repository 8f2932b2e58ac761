using ActorTrain.Job;
using ActorTrain.Server;
using ActorTrain.Worker;

namespace ActorTrain.Coordinator;

/// <summary>Everything that is counted about a job, and the two forms it is told in: progress and report.</summary>
internal sealed class JobRecord(JobOptions job, TimeSpan accepted)
{
    private const double WindowSeconds = 5;
    private readonly SortedDictionary<int, EpochRow> _epochs = [];
    private readonly List<EventSummary> _events = [];
    private readonly Queue<(TimeSpan At, long Samples)> _window = [];
    private TimeSpan? _trainingBegan;
    private TimeSpan? _lastPush;
    private ShardProtocol.Counted?[] _counts = [];
    private IReadOnlyList<PlacedShard> _shards = [];
    private double? _latestLoss;

    public Admission? Admission { get; set; }

    public SortedDictionary<string, WorkerRecord> Workers { get; } = new(StringComparer.Ordinal);

    public long SamplesApplied => _counts.Length == 0 ? 0 : _counts.Min(count => count?.SamplesByEpoch.Sum() ?? 0);

    /// <summary>Every shard's latest count, as far as there is one.</summary>
    public IEnumerable<ShardProtocol.Counted> Counts => _counts.OfType<ShardProtocol.Counted>();

    private long SamplesExpected => (long)job.Epochs * (Admission?.Dataset.TrainSamples ?? 0);

    public void TrainingBegan(TimeSpan now, IReadOnlyList<PlacedShard> shards)
    {
        _trainingBegan = now;
        _lastPush = now;
        _shards = shards;
        _counts = new ShardProtocol.Counted?[shards.Count];
    }

    public void Event(TimeSpan now, string kind, string node, string reason, string remedy) =>
        _events.Add(new EventSummary(Math.Round((now - accepted).TotalSeconds, 3), kind, node, reason, remedy));

    public void LeaseEnded(WorkerRecord worker, int epoch, WorkerProtocol.LeaseEnded ended, TimeSpan now)
    {
        worker.LeaseEnded(ended.Samples, ended.Seconds);
        if (ended.Samples == 0) return;
        _lastPush = now;
        _latestLoss = ended.LossSum / ended.Samples;
        Row(epoch).AddLoss(ended.LossSum, ended.Samples);
    }

    public void EpochCompleted(int epoch, TimeSpan now) => Row(epoch).Completed = now;

    public void Evaluated(int epoch, Evaluation evaluation) => Row(epoch).Evaluation = evaluation;

    /// <summary>The workers whose pushes have come to more since the shard's count before.</summary>
    public IReadOnlyList<string> Progressing(ShardProtocol.Counted count)
    {
        var before = _counts[count.Shard]?.Workers ?? [];
        return [.. count.Workers.Where(now => now.Pushes > (before.FirstOrDefault(then => then.Node == now.Node)?.Pushes ?? 0)).Select(now => now.Node)];
    }

    public void Counted(ShardProtocol.Counted count, TimeSpan now)
    {
        _counts[count.Shard] = count;
        _window.Enqueue((now, SamplesApplied));
        while (_window.Count > 2 && (now - _window.Peek().At).TotalSeconds > WindowSeconds) _window.Dequeue();
    }

    public JobProgress Progress(JobPhase phase, string reason, int epoch, TimeSpan now) => new(
        job.Name, phase, reason, epoch, job.Epochs, SamplesApplied, SamplesExpected,
        _trainingBegan is { } began ? (now - began).TotalSeconds : 0,
        RecentThroughput(), _latestLoss, LatestAccuracy(), CompletedEpochs(), WorkerRows(), Staleness(), [.. _events]);

    public TrainingReport Report()
    {
        var wall = _trainingBegan is { } began ? (_lastPush!.Value - began).TotalSeconds : 0;
        return new TrainingReport(
            job.Name,
            new ModelSummary(Admission!.Model.Name, Admission.Model.Parameters.Length),
            new DatasetSummary(Admission.Dataset.Name, Admission.Dataset.TrainSamples, Admission.Dataset.TestSamples, Admission.Dataset.Fingerprint),
            Consistency.ConsistencyModes.Of(job.Consistency).Name,
            job.Seed,
            _epochs.TryGetValue(job.Epochs, out var last) ? last.Evaluation?.Accuracy : null,
            CompletedEpochs(), SamplesExpected, SamplesApplied,
            Counts.Sum(count => count.DuplicatesRefused),
            wall, wall > 0 ? SamplesApplied / wall : 0,
            WorkerRows(),
            [.. Counts.Select(count => new ShardSummary(
                count.Shard, _shards[count.Shard].Node, _shards[count.Shard].Place.Slice.Length, count.Version))],
            Staleness(), [.. _events]);
    }

    private double RecentThroughput()
    {
        if (_window.Count < 2) return 0;
        var (first, last) = (_window.Peek(), _window.Last());
        var seconds = (last.At - first.At).TotalSeconds;
        return seconds > 0 ? (last.Samples - first.Samples) / seconds : 0;
    }

    private double? LatestAccuracy() => _epochs.Values.LastOrDefault(row => row.Evaluation is not null)?.Evaluation?.Accuracy;

    private EpochRow Row(int epoch)
    {
        if (!_epochs.TryGetValue(epoch, out var row)) _epochs.Add(epoch, row = new EpochRow());
        return row;
    }

    private List<EpochSummary> CompletedEpochs()
    {
        var rows = new List<EpochSummary>();
        var before = _trainingBegan ?? default;
        foreach (var (epoch, row) in _epochs)
        {
            if (row.Completed is not { } completed) continue;
            var samples = _counts.Length == 0 ? 0 : _counts.Min(count => count?.SamplesByEpoch[epoch - 1] ?? 0);
            rows.Add(new EpochSummary(
                epoch, samples, (completed - before).TotalSeconds, row.TrainLoss, row.Evaluation?.Loss, row.Evaluation?.Accuracy));
            before = completed;
        }
        return rows;
    }

    private List<WorkerSummary> WorkerRows()
    {
        var first = _counts.Length > 0 ? _counts[0] : null;
        var total = Math.Max(1, first?.Workers.Sum(worker => worker.Samples) ?? 0);
        var rows = new List<WorkerSummary>();
        foreach (var worker in Workers.Values)
        {
            var mine = first?.Workers.FirstOrDefault(count => count.Node == worker.Node);
            var everywhere = Counts.SelectMany(count => count.Workers).Where(count => count.Node == worker.Node).ToList();
            var pushes = everywhere.Sum(count => count.Pushes);
            rows.Add(new WorkerSummary(
                worker.Node,
                worker.Device is { } device ? $"{device.Kind} ({device.Name})" : "unknown",
                worker.Device?.Threads ?? 0,
                mine?.Samples ?? 0, mine?.Pushes ?? 0, worker.Throughput, (double)(mine?.Samples ?? 0) / total,
                pushes > 0 ? (double)everywhere.Sum(count => count.StalenessSum) / pushes : 0,
                everywhere.Count > 0 ? everywhere.Max(count => count.StalenessMax) : 0));
        }
        return rows;
    }

    private StalenessSummary Staleness()
    {
        var workers = Counts.SelectMany(count => count.Workers).ToList();
        var pushes = workers.Sum(worker => worker.Pushes);
        var histogram = new long[Counts.Select(count => count.StalenessHistogram.Length).DefaultIfEmpty(0).Max()];
        foreach (var count in Counts)
            for (var i = 0; i < count.StalenessHistogram.Length; i++) histogram[i] += count.StalenessHistogram[i];
        var used = Array.FindLastIndex(histogram, pushes => pushes > 0) + 1;
        return new StalenessSummary(
            pushes > 0 ? (double)workers.Sum(worker => worker.StalenessSum) / pushes : 0,
            workers.Count > 0 ? workers.Max(worker => worker.StalenessMax) : 0,
            histogram[..used]);
    }

    private sealed class EpochRow
    {
        private double _lossSum;
        private long _samples;

        public TimeSpan? Completed { get; set; }

        public Evaluation? Evaluation { get; set; }

        public double TrainLoss => _samples > 0 ? _lossSum / _samples : 0;

        public void AddLoss(double lossSum, long samples) => (_lossSum, _samples) = (_lossSum + lossSum, _samples + samples);
    }
}
