using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Hosting;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>A seed process, and worker processes that come and go. All end when this object is disposed.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    // A pause of training is measured with this resolution.
    private const string ProgressInterval = "actortrain.coordinator.progress-interval = 100ms";
    private readonly double _throttle;
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("actortrain-chaos-");
    private readonly NodeFile _file;
    private readonly Func<TimeSpan> _clock;
    private readonly Lock _lock = new();
    private readonly List<NodeChild> _started = [];
    private readonly List<NodeChild> _present = [];
    private readonly List<(NodeChild Worker, TimeSpan At, int Change)> _changes = [];

    /// <summary>Starts a seed and workers.</summary>
    /// <param name="workers">How many.</param>
    /// <param name="throttle">The part of the time that each computes.</param>
    /// <param name="nodeSettings">HOCON that overrides the defaults of every node.</param>
    /// <param name="clock">The clock that measures how long workers run.</param>
    public ChaosCluster(int workers, double throttle, string nodeSettings, Func<TimeSpan> clock)
    {
        (_throttle, _clock, Seed) = (throttle, clock, NodeChild.FreeAddress());
        _file = new NodeFile($"actortrain.state.folder = \"{_state.FullName}\"\n{ProgressInterval}\n{nodeSettings}");
        Add(NodeChild.StartSeed(Seed, _file));
        for (var i = 0; i < workers; i++)
            AddWorker();
    }

    /// <summary>The seed's address, also while it is away.</summary>
    public HostPort Seed { get; }

    /// <summary>The nodes whose processes run and have no fault.</summary>
    public IReadOnlyList<NodeChild> Present
    {
        get
        {
            lock (_lock)
                return [.. _present];
        }
    }

    /// <summary>Starts a worker. It counts as running from now on.</summary>
    public NodeChild AddWorker() =>
        Add(NodeChild.StartWorker(Seed, _file, ["--throttle", _throttle.ToString(CultureInfo.InvariantCulture)]));

    /// <summary>Starts another process for one that has ended: another worker, or the seed again.</summary>
    public async Task<NodeChild> ReplaceAsync(NodeChild ended)
    {
        if (!ended.IsSeed)
            return AddWorker();
        // It needs the port.
        await ended.Ended;
        return Add(NodeChild.StartSeed(Seed, _file));
    }

    private NodeChild Add(NodeChild node)
    {
        lock (_lock)
        {
            _started.Add(node);
            _present.Add(node);
            if (!node.IsSeed)
                _changes.Add((node, _clock(), 1));
        }
        return node;
    }

    /// <summary>Sends a signal to a node, and counts it as present or not.</summary>
    public TimeSpan Send(NodeChild node, Signal signal)
    {
        lock (_lock)
        {
            var comes = signal == Signal.Continue;
            if (comes)
                _present.Add(node);
            else
                _present.Remove(node);
            if (!node.IsSeed)
                _changes.Add((node, _clock(), comes ? 1 : -1));
            node.Process.Send(signal);
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

    /// <summary>Ends all nodes at once, in whatever state they are.</summary>
    public void KillAll()
    {
        lock (_lock)
        {
            foreach (var node in _started)
                node.Process.Send(Signal.Kill);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A frozen process cannot leave.
        foreach (var node in _started)
            node.Process.Send(Signal.Continue);
        await Task.WhenAll(_started.Select(node => Task.Run(node.Dispose)));
        _file.Dispose();
        _state.Delete(recursive: true);
    }
}
