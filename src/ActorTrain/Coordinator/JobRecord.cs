using ActorTrain.Consistency;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Sentences;
using ActorTrain.Server;
using ActorTrain.Settings;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using ActorTrain.Worker;

namespace ActorTrain.Coordinator;

/// <summary>Everything that is counted about a job, and the two forms it is told in: progress and report.</summary>
internal sealed class JobRecord(JobOptions job, TimeSpan accepted)
{
    private const double WindowSeconds = 5;
    private readonly SortedDictionary<int, EpochRow> _epochs = [];
    private readonly List<SupervisionEvent> _events = [];
    private readonly Queue<(TimeSpan At, long Samples)> _window = [];
    private readonly List<WorkerRecord> _former = [];
    private TimeSpan? _trainingBegan;
    private TimeSpan? _lastPush;
    private ShardProtocol.Counted?[] _counts = [];
    private IReadOnlyList<PlacedShard> _shards = [];
    private double? _latestLoss;

    public Admission? Admission { get; set; }

    public int Epochs => job.Epochs;

    /// <summary>The worker of each node, there or not; of a node that was started again, the present one.</summary>
    public SortedDictionary<string, WorkerRecord> Workers { get; } = new(StringComparer.Ordinal);

    /// <summary>The workers that take part now.</summary>
    public IEnumerable<WorkerRecord> Active => Workers.Values.Where(worker => worker.Active);

    /// <summary>The newest round of counts that every shard has answered.</summary>
    public long Round => _counts.Min(count => count?.Round ?? 0);

    public long SamplesApplied =>
        _counts.Length == 0
            ? 0
            : _counts.Min(count =>
                count is null
                    ? 0
                    : (long)count.CompleteEpochs * TrainSamples + count.Applied.Sum(part => (long)part.Count)
            );

    /// <summary>Every shard's latest count, as far as there is one.</summary>
    public IEnumerable<ShardProtocol.Counted> Counts => _counts.OfType<ShardProtocol.Counted>();

    /// <summary>What the evaluations tell, beside the loss.</summary>
    public string Metric => Admission?.Model.MetricName ?? ModelDescription.DefaultMetricName;

    private int TrainSamples => Admission?.Dataset.TrainSamples ?? 0;

    private long SamplesExpected => (long)job.Epochs * TrainSamples;

    public void TrainingBegan(TimeSpan now, IReadOnlyList<PlacedShard> shards)
    {
        _trainingBegan = now;
        _lastPush = now;
        _shards = shards;
        _counts = new ShardProtocol.Counted?[shards.Count];
    }

    /// <summary>What another coordinator needs to know that the shards do not.</summary>
    public RecordMemory ToMemory(TimeSpan now)
    {
        var began = _trainingBegan ?? now;
        return new RecordMemory(
            (now - accepted).TotalSeconds,
            (now - began).TotalSeconds,
            [.. _epochs.Where(epoch => epoch.Value.Completed is null).Select(epoch => epoch.Value.ToMemory(epoch.Key))],
            [.. All.Select(worker => worker.ToMemory()).OfType<WorkerMemory>()]
        );
    }

    /// <summary>A record that goes on where another coordinator's has ended.</summary>
    public static JobRecord Resume(
        JobOptions job,
        Admission admission,
        RecordMemory memory,
        JobHistory history,
        IReadOnlyList<PlacedShard> shards,
        TimeSpan now
    )
    {
        var record = new JobRecord(job, now - TimeSpan.FromSeconds(memory.Seconds)) { Admission = admission };
        var began = now - TimeSpan.FromSeconds(memory.TrainingSeconds);
        record.TrainingBegan(began, shards);
        record._events.AddRange(history.Events);
        foreach (var epoch in history.Epochs)
            record._epochs.Add(epoch.Epoch, EpochRow.Of(epoch, began += TimeSpan.FromSeconds(epoch.Seconds)));
        foreach (var epoch in memory.Epochs)
            record._epochs.TryAdd(epoch.Epoch, EpochRow.Of(epoch));
        foreach (var worker in memory.Workers.OrderBy(worker => worker.Restarts))
            record.Add(WorkerRecord.Of(worker));
        return record;
    }

    /// <summary>The record of a node's worker; a node that was started again begins a new one.</summary>
    public WorkerRecord WorkerOf(WorkerHost host)
    {
        Workers.TryGetValue(host.Node, out var known);
        return known?.Host.Restarts == host.Restarts
            ? known
            : Add(new WorkerRecord(host) { MostSamples = known?.MostSamples ?? int.MaxValue });
    }

    private WorkerRecord Add(WorkerRecord worker)
    {
        if (Workers.TryGetValue(worker.Node, out var former))
            _former.Add(former);
        return Workers[worker.Node] = worker;
    }

    private IEnumerable<WorkerRecord> All =>
        _former
            .Concat(Workers.Values)
            .OrderBy(worker => worker.Node, StringComparer.Ordinal)
            .ThenBy(worker => worker.Host.Restarts);

    /// <summary>Whether an epoch has been evaluated.</summary>
    public bool IsEvaluated(int epoch) => _epochs.TryGetValue(epoch, out var row) && row.Evaluation is not null;

    public SupervisionEvent Event(TimeSpan now, Occurrence occurrence)
    {
        var (kind, node, reason, remedy) = occurrence;
        var happened = new SupervisionEvent(
            Math.Round((now - accepted).TotalSeconds, 3),
            kind,
            node,
            reason.AsClause(),
            remedy.AsClause()
        );
        _events.Add(happened);
        return happened;
    }

    /// <summary>Events so far, oldest first.</summary>
    public IReadOnlyList<SupervisionEvent> Events => [.. _events];

    public void LeaseEnded(int epoch, WorkerProtocol.LeaseAccount account, TimeSpan now)
    {
        if (account.Samples == 0)
            return;
        _lastPush = now;
        _latestLoss = account.LossSum / account.Samples;
        Row(epoch).AddLoss(account.LossSum, account.Samples);
    }

    /// <summary>
    /// Where a shard's stretches begin and end, by epoch: a push across such a place may be partly new to that shard,
    /// which refuses it then.
    /// </summary>
    public IReadOnlyDictionary<int, SortedSet<int>> Cuts()
    {
        var cuts = new Dictionary<int, SortedSet<int>>();
        foreach (var stretch in Counts.SelectMany(count => count.Applied))
        {
            if (!cuts.TryGetValue(stretch.Epoch, out var set))
                cuts.Add(stretch.Epoch, set = []);
            set.Add(stretch.Start);
            set.Add(stretch.End);
        }
        return cuts;
    }

    /// <summary>By epoch, the positions that every shard has applied, as of their latest counts.</summary>
    /// <param name="first">The first epoch to look at, from 1.</param>
    /// <param name="last">The last.</param>
    public IReadOnlyDictionary<int, PositionSet> AppliedEverywhere(int first, int last)
    {
        var samples = TrainSamples;
        var everywhere = new SortedDictionary<int, PositionSet>();
        for (var epoch = first; epoch <= last; epoch++)
        {
            var applied = new PositionSet();
            applied.Add(0, samples);
            foreach (var count in _counts)
            {
                if (count?.CompleteEpochs >= epoch)
                    continue;
                var here = new PositionSet();
                foreach (var stretch in count?.Applied.Where(stretch => stretch.Epoch == epoch) ?? [])
                    here.Add(stretch.Start, stretch.End);
                foreach (var (start, end) in here.MissingFrom(0, samples))
                    applied.Remove(start, end);
            }
            everywhere.Add(epoch, applied);
        }
        return everywhere;
    }

    public void EpochCompleted(int epoch, TimeSpan now) => Row(epoch).Completed ??= now;

    public void Evaluated(int epoch, Evaluation evaluation) => Row(epoch).Evaluation = evaluation;

    /// <summary>The workers whose pushes have come to more since the shard's count before.</summary>
    public IReadOnlyList<string> Progressing(ShardProtocol.Counted count)
    {
        var before = (_counts[count.Shard]?.Workers ?? []).ToDictionary(Key, then => then.Pushes);
        return [.. count.Workers.Where(now => now.Pushes > before.GetValueOrDefault(Key(now))).Select(now => now.Node)];
    }

    public void Counted(ShardProtocol.Counted count, TimeSpan now)
    {
        _counts[count.Shard] = count;
        _window.Enqueue((now, SamplesApplied));
        while (_window.Count > 2 && (now - _window.Peek().At).TotalSeconds > WindowSeconds)
            _window.Dequeue();
    }

    public JobProgress Progress(JobPhase phase, string reason, int? epoch, TimeSpan now) =>
        new(
            job.Name,
            phase,
            reason,
            epoch ?? Math.Min(job.Epochs, CompletedEpochs().Count + 1),
            job.Epochs,
            SamplesApplied,
            SamplesExpected,
            _trainingBegan is { } began ? (now - began).TotalSeconds : 0,
            RecentThroughput(),
            _latestLoss,
            LatestAccuracy(),
            CompletedEpochs(),
            WorkerRows(),
            Staleness(),
            [.. _events],
            Metric
        );

    /// <param name="consistency">How the workers march at the end.</param>
    public TrainingReport Report(ConsistencyOptions consistency)
    {
        var wall = _trainingBegan is { } began ? (_lastPush!.Value - began).TotalSeconds : 0;
        return new TrainingReport(
            job.Name,
            new ModelSummary(Admission!.Model.Name, Admission.Model.Parameters.Length),
            Admission.DatasetSummary,
            Choices.NameOf(consistency.Mode),
            job.Seed,
            _epochs.TryGetValue(job.Epochs, out var last) ? last.Accuracy : null,
            CompletedEpochs(),
            SamplesExpected,
            SamplesApplied,
            Counts.Sum(count => count.DuplicatesRefused),
            wall,
            wall > 0 ? SamplesApplied / wall : 0,
            WorkerRows(),
            [
                .. Counts.Select(count => new ShardSummary(
                    count.Shard,
                    _shards[count.Shard].Node,
                    _shards[count.Shard].Place.Slice.Length,
                    count.Version
                )),
            ],
            Staleness(),
            [.. _events],
            Metric
        );
    }

    private long SamplesOf(ShardProtocol.Counted? count, int epoch) =>
        count is null ? 0
        : epoch <= count.CompleteEpochs ? TrainSamples
        : count.Applied.Where(part => part.Epoch == epoch).Sum(part => (long)part.Count);

    private double RecentThroughput()
    {
        if (_window.Count < 2)
            return 0;
        var (first, last) = (_window.Peek(), _window.Last());
        var seconds = (last.At - first.At).TotalSeconds;
        return seconds > 0 ? (last.Samples - first.Samples) / seconds : 0;
    }

    private double? LatestAccuracy() => _epochs.Values.LastOrDefault(row => row.Evaluation is not null)?.Accuracy;

    private EpochRow Row(int epoch)
    {
        if (!_epochs.TryGetValue(epoch, out var row))
            _epochs.Add(epoch, row = new EpochRow());
        return row;
    }

    /// <summary>One row an epoch completed so far.</summary>
    public List<EpochSummary> CompletedEpochs()
    {
        var rows = new List<EpochSummary>();
        var before = _trainingBegan ?? default;
        foreach (var (epoch, row) in _epochs)
        {
            if (row.Completed is not { } completed)
                continue;
            var samples = _counts.Length == 0 ? 0 : _counts.Min(count => SamplesOf(count, epoch));
            rows.Add(
                new EpochSummary(
                    epoch,
                    samples,
                    (completed - before).TotalSeconds,
                    row.TrainLoss,
                    row.Evaluation?.Loss,
                    row.Accuracy
                )
            );
            before = completed;
        }
        return rows;
    }

    private List<WorkerSummary> WorkerRows()
    {
        var first = (_counts is [{ } count, ..] ? count.Workers : []).ToDictionary(Key);
        var total = Math.Max(1, first.Values.Sum(worker => worker.Samples));
        var byWorker = Counts.SelectMany(count => count.Workers).ToLookup(Key);
        var rows = new List<WorkerSummary>();
        foreach (var worker in All)
        {
            var mine = first.GetValueOrDefault((worker.Node, worker.Host.Restarts));
            var everywhere = byWorker[(worker.Node, worker.Host.Restarts)].ToList();
            var pushes = everywhere.Sum(count => count.Pushes);
            rows.Add(
                new WorkerSummary(
                    worker.Node,
                    worker.Device is { } device ? $"{device.Kind} ({device.Name})" : "unknown",
                    worker.Device?.Threads ?? 0,
                    mine?.Samples ?? 0,
                    mine?.Pushes ?? 0,
                    worker.MeanThroughput,
                    (double)(mine?.Samples ?? 0) / total,
                    pushes > 0 ? (double)everywhere.Sum(count => count.StalenessSum) / pushes : 0,
                    everywhere.Count > 0 ? everywhere.Max(count => count.StalenessMax) : 0,
                    Sum(everywhere.Select(count => count.StalenessHistogram))
                )
                {
                    Restarts = worker.Host.Restarts,
                    Absence = worker.Absence,
                }
            );
        }
        return rows;
    }

    private static (string Node, int Restarts) Key(ShardProtocol.WorkerCount count) => (count.Node, count.Restarts);

    private StalenessSummary Staleness()
    {
        var workers = Counts.SelectMany(count => count.Workers).ToList();
        var pushes = workers.Sum(worker => worker.Pushes);
        return new StalenessSummary(
            pushes > 0 ? (double)workers.Sum(worker => worker.StalenessSum) / pushes : 0,
            workers.Count > 0 ? workers.Max(worker => worker.StalenessMax) : 0,
            Sum(Counts.Select(count => count.StalenessHistogram))
        );
    }

    /// <summary>The sum of histograms, without the empty end.</summary>
    private static long[] Sum(IEnumerable<long[]> histograms)
    {
        var sum = new long[StalenessTally.Buckets];
        foreach (var histogram in histograms)
            for (var i = 0; i < histogram.Length; i++)
                sum[i] += histogram[i];
        return sum[..(Array.FindLastIndex(sum, pushes => pushes > 0) + 1)];
    }

    private sealed class EpochRow
    {
        private double _lossSum;
        private long _samples;

        public TimeSpan? Completed { get; set; }

        public Evaluation? Evaluation { get; set; }

        // Where the loss is not finite, the scores are not, and whatever they are taken for is no accuracy.
        public double? Accuracy =>
            Evaluation is { } evaluation && double.IsFinite(evaluation.Loss) ? evaluation.Accuracy : null;

        public double TrainLoss => _samples > 0 ? _lossSum / _samples : double.NaN;

        public static EpochRow Of(EpochMemory memory) => new() { _lossSum = memory.LossSum, _samples = memory.Samples };

        public static EpochRow Of(EpochSummary row, TimeSpan completed) =>
            new()
            {
                Completed = completed,
                Evaluation = row.TestLoss is { } loss
                    ? new Evaluation(loss, row.TestAccuracy ?? double.NaN, Samples: 0)
                    : null,
                _lossSum = row.TrainLoss * row.Samples,
                _samples = double.IsFinite(row.TrainLoss) ? row.Samples : 0,
            };

        public EpochMemory ToMemory(int epoch) => new(epoch, _lossSum, _samples);

        public void AddLoss(double lossSum, long samples) =>
            (_lossSum, _samples) = (_lossSum + lossSum, _samples + samples);
    }
}
