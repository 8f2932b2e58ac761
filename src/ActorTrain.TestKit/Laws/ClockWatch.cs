using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.TestKit.Network;
using Akka.Actor;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// The workers' clocks: each counts the steps whose update the worker has received. When an engine begins a step, the
/// clock of the slowest worker is recorded; the push tells which worker's step it was.
/// </summary>
/// <param name="workers">Number of workers.</param>
/// <param name="seed">The job's seed.</param>
internal sealed class ClockWatch(int workers, long seed = 1) : ILaneReader
{
    private readonly Dictionary<string, long> _clocks = [];
    private readonly Dictionary<long, long> _slowestAtBegin = [];
    private readonly Dictionary<SampleRange, string> _pushed = [];

    /// <summary>Steps begun.</summary>
    public long Steps { get; private set; }

    /// <summary>The most steps that a worker was ahead of the slowest when it began one.</summary>
    public long Gap { get; private set; }

    private long Slowest => _clocks.Count < workers ? 0 : _clocks.Values.Min();

    /// <summary>The same engines, whose steps are recorded.</summary>
    public IEngineFactory Wrap(IEngineFactory engines) => new Engines(this, engines);

    /// <inheritdoc/>
    public void Read(TimeSpan now, ITensorMessage message, IActorRef sender)
    {
        switch (message)
        {
            case ShardProtocol.Push push
                when _slowestAtBegin.Remove(SampleOrder.SeedOf(seed, push.Part), out var slowest):
                Steps++;
                Gap = Math.Max(Gap, _clocks.GetValueOrDefault(push.Worker.Node) - slowest);
                _pushed[push.Part] = push.Worker.Node;
                break;
            case ShardProtocol.Pushed { Verdict.Kind: VerdictKind.Applied } pushed
                when _pushed.Remove(pushed.Part, out var node):
                _clocks[node] = _clocks.GetValueOrDefault(node) + 1;
                break;
        }
    }

    private sealed class Engines(ClockWatch watch, IEngineFactory inner) : IEngineFactory
    {
        public IGradientEngine Create(JobOptions job) => new Engine(watch, inner.Create(job));
    }

    private sealed class Engine(ClockWatch watch, IGradientEngine inner) : WrappedEngine(inner)
    {
        public override StepResult ComputeGradient(
            ReadOnlySpan<int> samples,
            long seed,
            Span<float> gradient,
            CancellationToken abandoned
        )
        {
            watch._slowestAtBegin[seed] = watch.Slowest;
            return Inner.ComputeGradient(samples, seed, gradient, abandoned);
        }
    }
}
