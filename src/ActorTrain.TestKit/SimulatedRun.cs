using System.Threading.Channels;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Sentences;
using ActorTrain.Supervision;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Membership;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Time;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.TestKit;

/// <summary>
/// A job in a simulation, moved on by whoever holds it: between two moves faults can be made by hand. Used by one
/// thread.
/// </summary>
public sealed class SimulatedRun : IDisposable
{
    private static readonly TimeSpan SubmitAgain = TimeSpan.FromSeconds(1);
    private readonly Simulation _simulation;
    private readonly NodeHosting _hosting;
    private readonly SimulatedLane _lane;
    private readonly Dictionary<string, SimulatedNode> _nodes = [];
    private readonly TaskCompletionSource<bool> _accepted = new();
    private readonly TaskCompletionSource<TrainingResult> _result = new();
    private readonly List<(TimeSpan At, SupervisionEvent Event)> _happened = [];
    private readonly List<string> _errors = [];
    private readonly SimulatedNode _client;
    private readonly Timeline _timeline = new();
    private readonly JobOptions _job;
    private readonly List<(TimeSpan At, Fault Fault)> _byHand = [];
    private bool _disposed;
    private IActorRef? _run;
    private long _starts;
    private int _workers;

    internal SimulatedRun(Simulation simulation, JobOptions job)
    {
        (_simulation, _job) = (simulation, job);
        World = new World(simulation.Seed, simulation.Links, simulation.Costs, simulation.Settings);
        _lane = new SimulatedLane(World, simulation.Reader);
        _hosting = new NodeHosting(World, _lane, simulation.Engines) { StartAgain = plan => Start(plan) };
        Membership = new SimulatedMembership(World, simulation.Times, _hosting);
        World.System.ActorOf(Props.Create(() => new Listener(_errors)));
        _client = new SimulatedNode(World, NodePlan.Client, 0);
        foreach (var plan in simulation.Nodes)
            Start(plan);
        _workers = simulation.Nodes.Count(node => node.Roles.Contains(NodeRoles.Worker));
        foreach (var (at, fault) in simulation.Script)
            World.Time.At(at, new WorldHappening(() => fault.Happen(this)));
        World.Time.At(TimeSpan.Zero, new WorldHappening(() => Submit(job)));
    }

    /// <summary>Time since the simulation began.</summary>
    public TimeSpan Now => World.Time.Now;

    /// <summary>Whether the job has ended, well or not.</summary>
    public bool HasEnded => _result.Task.IsCompleted;

    /// <summary>The job's latest word; null before the first.</summary>
    public JobProgress? Progress { get; private set; }

    /// <summary>What has happened to the cluster so far, oldest first.</summary>
    public IEnumerable<SupervisionEvent> Events => _happened.Select(happened => happened.Event);

    internal World World { get; }

    internal SimulatedMembership Membership { get; }

    /// <summary>Makes a fault now.</summary>
    /// <param name="fault">What.</param>
    /// <exception cref="ActorTrainException">It is about a node that is not there.</exception>
    public void Make(Fault fault)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        foreach (var name in Checked.There("Make: fault", fault, "a fault, such as Fault.Kill(\"worker-1\")").Nodes)
            if (!_nodes.ContainsKey(name))
                throw SimulationCheck.NoSuchNode($"{fault} cannot happen", name, _nodes.Keys);
        _byHand.Add((World.Time.Now, fault));
        fault.Happen(this);
    }

    /// <summary>Lets time pass; less of it if the job ends.</summary>
    /// <param name="time">How much, 0 or more.</param>
    /// <exception cref="ActorTrainException">It is negative.</exception>
    public void Advance(TimeSpan time)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        PassTime(World.Time.Now + Checked.Time("Advance: time", time));
    }

    /// <summary>Lets time pass until the job has ended, or the simulation's limit is reached.</summary>
    public SimulationResult ToEnd()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        PassTime(_simulation.Limit);
#pragma warning disable RS0030 // It has completed.
        var trained = _result.Task.IsCompletedSuccessfully ? _result.Task.Result : null;
#pragma warning restore RS0030
        var failure = trained is not null ? null : _result.Task.Exception?.InnerException?.Message ?? NotEnded();
        return new SimulationResult(
            _simulation,
            _job,
            trained?.Report,
            trained?.Model,
            failure,
            Progress,
            [.. _happened],
            _timeline.Points,
            [
                .. World.Network.Carried.Select(link => new LinkTraffic(
                    link.Key.From,
                    link.Key.To,
                    link.Value.Messages,
                    link.Value.Bytes
                )),
            ],
            World.Time.Now,
            World.Time.Happened,
            Violations(trained?.Report)
        )
        {
            HasEnded = HasEnded,
            ByHand = [.. _byHand],
        };
    }

    private void PassTime(TimeSpan until)
    {
        while (!HasEnded && World.Step(until)) { }
    }

    private string NotEnded()
    {
        var nodes = _nodes.Values.Select(node => (node, World.Network.IsCut(node)));
        var told = _timeline.Points is [.., var latest] ? latest.At : TimeSpan.Zero;
        return Unended.Sentence(Now, Progress, told, Membership.HasCoordinator, [.. nodes]);
    }

    // What must be so whatever happens to a cluster.
    private List<string> Violations(TrainingReport? report)
    {
        var violations = _lane.Watch.Violations.Concat(_errors.Select(error => $"an actor failed: {error}")).ToList();
        if (report is null)
            return violations;
        foreach (var epoch in report.Epochs.Where(epoch => epoch.Samples != report.Data.TrainSamples))
            violations.Add(
                $"{Plural.Number(epoch.Samples)} of {Plural.Of(report.Data.TrainSamples, "sample")} of "
                    + $"epoch {epoch.Epoch} were applied"
            );
        if (report.SamplesApplied != report.SamplesExpected)
            violations.Add(
                $"{Plural.Number(report.SamplesApplied)} of {Plural.Of(report.SamplesExpected, "sample")} were "
                    + "applied"
            );
        // An answer may be lost with its node; what was applied never is.
        foreach (
            var acknowledged in _lane.Watch.Acknowledged.Where(acknowledged => acknowledged != report.SamplesExpected)
        )
            violations.Add(
                $"a shard said that it applied {Plural.Of(acknowledged, "sample")} of "
                    + $"{Plural.Number(report.SamplesExpected)}"
            );
        return violations;
    }

    /// <summary>Ends all actors of the simulation.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (var node in _nodes.Values.Where(node => !node.IsDead))
            _hosting.End(node);
        if (_run is not null)
            World.System.Stop(_run);
        World.End();
    }

    internal void IfThere(string name, Action<SimulatedNode> act)
    {
        if (!_nodes.TryGetValue(name, out var node))
            throw new ActorTrainException(
                $"The simulation has no node '{name}'; its nodes are {string.Join(", ", _nodes.Keys)}."
            );
        if (!node.IsDead)
            act(node);
    }

    internal void Leave(SimulatedNode node) =>
        _hosting.Leave(node, () => World.Time.At(World.Time.Now, new WorldHappening(() => Membership.Left(node))));

    internal void Restart(string name)
    {
        if (_nodes.TryGetValue(name, out var node) && node.IsDead)
            Start(node.Plan);
    }

    internal void Join(int count, Speed speed)
    {
        for (var i = 0; i < count; i++)
            Start(new NodePlan(Simulation.NextWorker(ref _workers, _nodes.ContainsKey), [NodeRoles.Worker], speed));
    }

    private void Start(NodePlan plan)
    {
        // A node that was taken out starts again by itself, and a script may start it, too.
        if (_nodes.TryGetValue(plan.Name, out var former) && !former.IsDead)
            return;
        var node = new SimulatedNode(World, plan, SplitMix64.Mix(_simulation.Seed, 2, ++_starts));
        _nodes[plan.Name] = node;
        Membership.Start(node);
    }

    private void Submit(JobOptions job)
    {
        if (Membership.Coordinator is not { } coordinator)
        {
            World.Time.At(World.Time.Now + SubmitAgain, new WorldHappening(() => Submit(job)));
            return;
        }
        var progress = new Notes<JobProgress>(word =>
        {
            Progress = word;
            _timeline.Add(World.Time.Now, word);
        });
        var happened = new Notes<SupervisionEvent>(word => _happened.Add((World.Time.Now, word)));
        World.Within(
            _client,
            () =>
                _run = World.System.ActorOf(
                    TrainingRunActor.Props(
                        job,
                        coordinator,
                        _lane,
                        ActorRefs.Nobody,
                        progress,
                        happened,
                        _accepted,
                        _result
                    ),
                    "client"
                )
        );
    }

    /// <summary>Takes each word when it comes.</summary>
    private sealed class Notes<T>(Action<T> take) : ChannelWriter<T>
    {
        public override bool TryWrite(T item)
        {
            take(item);
            return true;
        }

        public override bool TryComplete(Exception? error = null) => true;

        public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(true);
    }

    /// <summary>Hears of errors, and gives back what lost messages hold.</summary>
    private sealed class Listener : ReceiveActor
    {
        public Listener(List<string> errors)
        {
            Receive<Error>(error =>
            {
                var text = $"{error.LogSource}: {error.Message} {error.Cause}";
                if (!text.Contains(Fault.ScriptedReason, StringComparison.Ordinal))
                    errors.Add(text);
            });
            Receive<DeadLetter>(dead => UserDelivery.Discard(dead.Message));
            Receive<UnhandledMessage>(unhandled => UserDelivery.Discard(unhandled.Message));
        }

        protected override void PreStart()
        {
            foreach (var kind in new[] { typeof(Error), typeof(DeadLetter), typeof(UnhandledMessage) })
                Context.System.EventStream.Subscribe(Self, kind);
        }
    }
}
