using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Hosting;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>A seed in this process, and worker processes that come and go. All end when this object is
/// disposed.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private readonly double _throttle;
    private readonly NodeFile _file;
    private readonly Func<TimeSpan> _clock;
    private readonly Lock _lock = new();
    private readonly List<WorkerChild> _started = [];
    private readonly List<WorkerChild> _free = [];
    private readonly List<(WorkerChild Worker, TimeSpan At, int Change)> _changes = [];
    private bool _isEnding;

    private ChaosCluster(ActorTrainNode seed, double throttle, string nodeSettings, Func<TimeSpan> clock) =>
        (Seed, _throttle, _file, _clock) = (seed, throttle, new NodeFile(nodeSettings), clock);

    public ActorTrainNode Seed { get; }

    /// <summary>Starts a seed and workers.</summary>
    /// <param name="workers">How many.</param>
    /// <param name="throttle">The part of the time that each computes.</param>
    /// <param name="nodeSettings">HOCON that overrides the defaults of every node.</param>
    /// <param name="clock">The clock that measures how long workers run.</param>
    public static async Task<ChaosCluster> StartAsync(
        int workers,
        double throttle,
        string nodeSettings,
        Func<TimeSpan> clock
    )
    {
        var config = ConfigurationFactory
            .ParseString("akka.loglevel = OFF")
            .WithFallback(ConfigurationFactory.ParseString(nodeSettings));
        var cluster = new ChaosCluster(
            await ActorTrainNode.StartAsync(
                new StandaloneNodeOptions { Roles = [NodeRoles.Coordinator, NodeRoles.Server], Configuration = config }
            ),
            throttle,
            nodeSettings,
            clock
        );
        for (var i = 0; i < workers; i++)
            cluster.Release(cluster.Add());
        return cluster;
    }

    /// <summary>Starts a worker. It counts as running from now on.</summary>
    public WorkerChild Add()
    {
        lock (_lock)
        {
            if (_isEnding)
                throw new OperationCanceledException("the cluster is being disposed");
            var worker = WorkerChild.Start(
                Seed.Address,
                _file,
                ["--throttle", _throttle.ToString(CultureInfo.InvariantCulture)]
            );
            _started.Add(worker);
            _changes.Add((worker, _clock(), 1));
            return worker;
        }
    }

    /// <summary>Makes a worker available for faults.</summary>
    public void Release(WorkerChild worker)
    {
        lock (_lock)
            _free.Add(worker);
    }

    /// <summary>Takes a worker that no other fault applies to; null when there are fewer than two.</summary>
    /// <param name="victim">Chooses it.</param>
    public WorkerChild? TakeFree(int victim)
    {
        lock (_lock)
        {
            if (_free.Count < 2)
                return null;
            var worker = _free[victim % _free.Count];
            _free.Remove(worker);
            return worker;
        }
    }

    /// <summary>Sends a signal to a worker, and counts it as running or not.</summary>
    public TimeSpan Send(WorkerChild worker, Signal signal)
    {
        lock (_lock)
        {
            _changes.Add((worker, _clock(), signal == Signal.Continue ? 1 : -1));
            worker.Process.Send(signal);
            return _clock();
        }
    }

    /// <summary>Seconds that workers ran between two times, summed over all workers.</summary>
    public double WorkerSeconds(TimeSpan from, TimeSpan to)
    {
        lock (_lock)
            return _changes.Sum(entry =>
                entry.Change * Math.Max(0, (to - (entry.At > from ? entry.At : from)).TotalSeconds)
            );
    }

    /// <summary>
    /// The same, but a worker counts only from its admission to the job.
    /// </summary>
    /// <param name="from">The earlier time.</param>
    /// <param name="to">The later time.</param>
    /// <param name="admitted">When a node was admitted first at or after a time; null when it was not.</param>
    public double AdmittedSeconds(TimeSpan from, TimeSpan to, Func<string, TimeSpan, TimeSpan?> admitted)
    {
        lock (_lock)
        {
            var sum = 0.0;
            foreach (var worker in _changes.GroupBy(entry => entry.Worker))
            {
                var entries = worker.Append((worker.Key, At: to, Change: -1)).ToList();
                foreach (
                    var ((_, begins, change), (_, ends, _)) in entries
                        .Zip(entries.Skip(1))
                        .Where(pair => pair.First.Change > 0)
                )
                {
                    // A worker that was frozen too briefly to be noticed is not admitted again.
                    var counted = admitted(worker.Key.Node, begins) is { } at && at < ends ? at : begins;
                    sum += Math.Max(0, ((ends < to ? ends : to) - (counted > from ? counted : from)).TotalSeconds);
                }
            }
            return sum;
        }
    }

    /// <summary>Ends all workers at once, in whatever state they are.</summary>
    public void KillAll()
    {
        lock (_lock)
        {
            _isEnding = true;
            foreach (var worker in _started)
                worker.Process.Send(Signal.Kill);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _isEnding = true;
        // A frozen process cannot leave.
        foreach (var worker in _started)
            worker.Process.Send(Signal.Continue);
        await Task.WhenAll(_started.Select(worker => Task.Run(worker.Dispose)));
        await Seed.DisposeAsync();
        _file.Dispose();
    }
}
