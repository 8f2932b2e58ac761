using ActorTrain.Consistency;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using ActorTrain.Settings;

namespace ActorTrain.Coordinator;

/// <summary>Everything that is counted about a job, as progress, report and snapshot.</summary>
internal sealed class JobRecord(JobOptions job, TimeSpan accepted)
{
    private readonly SortedDictionary<int, EpochRecord> _epochs = [];
    private readonly List<SupervisionEvent> _events = [];
    private readonly RecentThroughput _throughput = new();
    private readonly List<WorkerRecord> _beforeRestart = [];
    private TimeSpan? _trainingBegan;
    private TimeSpan? _lastPush;
    private TimeSpan? _waitsSince;
    private ShardCounts _counts = new(shards: 0);
    private IReadOnlyList<PlacedShard> _shards = [];
    private double? _latestLoss;

    public Admission? Admission { get; set; }

    public int Epochs => job.Epochs;

    /// <summary>The worker of each node, present or lost; after a restart of the node, the one since.</summary>
    public SortedDictionary<string, WorkerRecord> Workers { get; } = new(StringComparer.Ordinal);

    /// <summary>The workers that take part now.</summary>
    public IEnumerable<WorkerRecord> Active => Workers.Values.Where(worker => worker.Active);

    /// <summary>Events so far, oldest first.</summary>
    public IReadOnlyList<SupervisionEvent> Events => [.. _events];

    /// <summary>The newest round of counts that every shard has answered.</summary>
    public long Round => _counts.Round;

    public long SamplesApplied => _counts.SamplesApplied(TrainSamples);

    /// <summary>What evaluations measure beside the loss.</summary>
    public string Metric => Admission?.Model.MetricName ?? TrainingReport.DefaultMetric;

    private int TrainSamples => Admission?.Dataset.TrainSamples ?? 0;

    private long SamplesExpected => (long)job.Epochs * TrainSamples;

    /// <summary>A record that continues another coordinator's.</summary>
    public static JobRecord Adopt(
        JobOptions job,
        Admission? admission,
        RecordSnapshot snapshot,
        JobHistory history,
        TimeSpan now
    )
    {
        var record = new JobRecord(job, now - TimeSpan.FromSeconds(snapshot.Seconds)) { Admission = admission };
        var began = now - TimeSpan.FromSeconds(snapshot.TrainingSeconds);
        (record._trainingBegan, record._lastPush) = (began, began);
        record._waitsSince = admission is null ? now : null;
        record._events.AddRange(history.Events);
        foreach (var epoch in history.Epochs)
            record._epochs.Add(epoch.Epoch, EpochRecord.From(epoch, began += TimeSpan.FromSeconds(epoch.Seconds)));
        foreach (var epoch in snapshot.Epochs)
            record._epochs.TryAdd(epoch.Epoch, EpochRecord.From(epoch));
        foreach (var worker in snapshot.Workers.OrderBy(worker => worker.Restarts))
            record.Add(WorkerRecord.From(worker));
        return record;
    }

    /// <summary>What another coordinator needs that the shards do not know.</summary>
    public RecordSnapshot ToSnapshot(TimeSpan now)
    {
        var began = _trainingBegan ?? now;
        var incomplete = _epochs.Where(epoch => epoch.Value.Completed is null);
        return new RecordSnapshot(
            (now - accepted).TotalSeconds,
            (now - began).TotalSeconds,
            [.. incomplete.Select(epoch => epoch.Value.ToSnapshot(epoch.Key))],
            [.. AllWorkers.Select(worker => worker.ToSnapshot()).OfType<WorkerSnapshot>()]
        );
    }

    /// <summary>Time since training began; zero before.</summary>
    public TimeSpan Trained(TimeSpan now) => _trainingBegan is { } began ? now - began : TimeSpan.Zero;

    /// <summary>Training begins, or goes on in an adopted job.</summary>
    public void TrainingBegins(TimeSpan now, IReadOnlyList<PlacedShard> shards)
    {
        // The time in which a resumed job waited for workers is no training.
        var waited = now - (_waitsSince ?? now);
        _trainingBegan = _trainingBegan + waited ?? now;
        _lastPush = _lastPush + waited ?? now;
        foreach (var epoch in _epochs.Values)
            epoch.Completed += waited;
        _waitsSince = null;
        _shards = shards;
        _counts = new ShardCounts(shards.Count);
    }

    /// <summary>The record of a node's worker; a new one after a restart of the node.</summary>
    public WorkerRecord WorkerOf(WorkerHost host)
    {
        Workers.TryGetValue(host.Node, out var known);
        return known?.Host.Restarts == host.Restarts
            ? known
            : Add(new WorkerRecord(host) { MostSamples = known?.MostSamples ?? int.MaxValue });
    }

    public SupervisionEvent Event(TimeSpan now, EventDraft draft)
    {
        var raised = new SupervisionEvent(
            TimeSpan.FromMilliseconds(Math.Round((now - accepted).TotalMilliseconds)),
            draft.Kind,
            draft.Node,
            draft.Reason.AsClause(),
            draft.Action.AsClause()
        );
        _events.Add(raised);
        return raised;
    }

    public void LeaseEnded(int epoch, WorkerProtocol.LeaseAccount account, TimeSpan now)
    {
        if (account.Samples == 0)
            return;
        _lastPush = now;
        _latestLoss = account.LossSum / account.Samples;
        EpochOf(epoch).AddLoss(account.LossSum, account.Samples);
    }

    public void EpochCompleted(int epoch, TimeSpan now) => EpochOf(epoch).Completed ??= now;

    /// <summary>Later epochs are complete no more: a restored shard lacks samples of them.</summary>
    /// <param name="completed">The last epoch that is complete.</param>
    public void ReopenAfter(int completed)
    {
        foreach (var (_, row) in _epochs.Where(epoch => epoch.Key > completed))
            (row.Completed, row.Evaluation) = (null, null);
    }

    public void Evaluated(int epoch, Evaluation evaluation) => EpochOf(epoch).Evaluation = evaluation;

    /// <summary>Whether an epoch has been evaluated.</summary>
    public bool IsEvaluated(int epoch) => _epochs.TryGetValue(epoch, out var row) && row.Evaluation is not null;

    /// <inheritdoc cref="ShardCounts.Cuts"/>
    public IReadOnlyDictionary<int, SortedSet<int>> Cuts() => _counts.Cuts();

    /// <summary>By epoch, the positions that every shard has applied.</summary>
    /// <param name="first">The first epoch, from 1.</param>
    /// <param name="last">The last epoch.</param>
    public IReadOnlyDictionary<int, PositionSet> AppliedEverywhere(int first, int last) =>
        _counts.AppliedEverywhere(first, last, TrainSamples);

    /// <inheritdoc cref="ShardCounts.Progressing"/>
    public IReadOnlyList<string> Progressing(ShardProtocol.Counts count) => _counts.Progressing(count);

    /// <summary>A shard reports its counts.</summary>
    public void Counted(ShardProtocol.Counts count, TimeSpan now)
    {
        _counts.Update(count);
        _throughput.Add(now, SamplesApplied);
    }

    public JobProgress Progress(JobPhase phase, string reason, int? epoch, TimeSpan now)
    {
        var completed = CompletedEpochs();
        return new JobProgress(
            job.Name,
            phase,
            reason,
            epoch ?? Math.Min(job.Epochs, completed.Count + 1),
            job.Epochs,
            SamplesApplied,
            SamplesExpected,
            _trainingBegan is { } began ? (now - began).TotalSeconds : 0,
            _throughput.SamplesPerSecond,
            _latestLoss,
            LatestAccuracy(),
            completed,
            WorkerRows(),
            _counts.Staleness(),
            [.. _events],
            Metric
        );
    }

    /// <param name="consistency">The consistency model at the end.</param>
    public TrainingReport Report(ConsistencyOptions consistency)
    {
        var wall = _trainingBegan is { } began ? (_lastPush!.Value - began).TotalSeconds : 0;
        return new TrainingReport(
            job.Name,
            new ModelSummary(Admission!.Model.Name, Admission.Model.Parameters.Length),
            Admission.DatasetSummary,
            consistency.Mode,
            job.Seed,
            _epochs.TryGetValue(job.Epochs, out var last) ? last.Accuracy : null,
            CompletedEpochs(),
            SamplesExpected,
            SamplesApplied,
            _counts.Reported.Sum(count => count.DuplicatesRefused),
            wall,
            wall > 0 ? SamplesApplied / wall : 0,
            WorkerRows(),
            ShardRows(),
            _counts.Staleness(),
            [.. _events],
            Metric
        );
    }

    /// <summary>One row for each completed epoch.</summary>
    public List<EpochSummary> CompletedEpochs()
    {
        var rows = new List<EpochSummary>();
        var before = _trainingBegan ?? default;
        foreach (var (epoch, row) in _epochs)
        {
            if (row.Completed is not { } completed)
                continue;
            rows.Add(
                new EpochSummary(
                    epoch,
                    _counts.SamplesApplied(epoch, TrainSamples),
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

    private IEnumerable<WorkerRecord> AllWorkers =>
        _beforeRestart
            .Concat(Workers.Values)
            .OrderBy(worker => worker.Node, StringComparer.Ordinal)
            .ThenBy(worker => worker.Host.Restarts);

    private WorkerRecord Add(WorkerRecord worker)
    {
        if (Workers.TryGetValue(worker.Node, out var before))
            _beforeRestart.Add(before);
        return Workers[worker.Node] = worker;
    }

    private EpochRecord EpochOf(int epoch)
    {
        if (!_epochs.TryGetValue(epoch, out var row))
            _epochs.Add(epoch, row = new EpochRecord());
        return row;
    }

    private double? LatestAccuracy() => _epochs.Values.LastOrDefault(row => row.Evaluation is not null)?.Accuracy;

    private List<WorkerSummary> WorkerRows()
    {
        var atFirstShard = _counts.WorkersOfFirstShard();
        var allSamples = Math.Max(1, atFirstShard.Values.Sum(worker => worker.Samples));
        var atAllShards = _counts.WorkersOfAllShards();
        return [.. AllWorkers.Select(Row)];

        WorkerSummary Row(WorkerRecord worker)
        {
            var key = (worker.Node, worker.Host.Restarts);
            var applied = atFirstShard.GetValueOrDefault(key);
            var counts = atAllShards[key].ToList();
            var (meanStaleness, mostStaleness) = ShardCounts.StalenessOf(counts);
            return new WorkerSummary(
                worker.Node,
                worker.Device is { } device ? $"{device.Kind} ({device.Name})" : "unknown",
                worker.Device?.Threads ?? 0,
                applied?.Samples ?? 0,
                applied?.Pushes ?? 0,
                worker.MeanThroughput,
                (double)(applied?.Samples ?? 0) / allSamples,
                meanStaleness,
                mostStaleness,
                ShardCounts.Sum(counts.Select(count => count.StalenessHistogram))
            )
            {
                Restarts = worker.Host.Restarts,
                Absence = worker.Absence,
            };
        }
    }

    private IReadOnlyList<ShardSummary> ShardRows() =>
        [
            .. _counts.Reported.Select(count => new ShardSummary(
                count.Shard,
                _shards[count.Shard].Node,
                _shards[count.Shard].Place.Slice.Length,
                count.Version
            )),
        ];
}
