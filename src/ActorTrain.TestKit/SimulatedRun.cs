using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Time;
using Akka.Actor;

namespace ActorTrain.TestKit;

/// <summary>
/// A job in a simulation that its owner advances; faults can be applied by hand in between. Not thread-safe.
/// </summary>
public sealed class SimulatedRun : IDisposable
{
    private static readonly TimeSpan ResubmitAfter = TimeSpan.FromSeconds(1);
    private readonly Simulation _simulation;
    private readonly JobOptions _job;
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedNode _clientNode;
    private readonly TaskCompletionSource<ClientProtocol.Accepted> _accepted = new();
    private readonly TaskCompletionSource<TrainingResult> _result = new();
    private readonly List<(TimeSpan At, SupervisionEvent Event)> _events = [];
    private readonly List<(TimeSpan At, Fault Fault)> _byHand = [];
    private readonly Timeline _timeline = new();
    private IActorRef? _client;
    private bool _disposed;

    internal SimulatedRun(Simulation simulation, JobOptions job)
    {
        (_simulation, _job) = (simulation, job);
        _cluster = new SimulatedCluster(simulation, hasDisks: job.Checkpoint.Every.IsOn);
        _clientNode = new SimulatedNode(World, NodePlan.Client, 0);
        foreach (var (at, fault) in simulation.Script)
            World.Time.Schedule(at, new WorldEvent(() => fault.Apply(_cluster)));
        World.Time.Schedule(TimeSpan.Zero, new WorldEvent(Submit));
    }

    /// <summary>Time since the simulation began.</summary>
    public TimeSpan Now => World.Time.Now;

    /// <summary>Whether the job has ended, in success or failure.</summary>
    public bool HasEnded => _result.Task.IsCompleted;

    /// <summary>The job's latest progress; null before the first.</summary>
    public JobProgress? Progress { get; private set; }

    /// <summary>The cluster's events so far, oldest first.</summary>
    public IEnumerable<SupervisionEvent> Events => _events.Select(raised => raised.Event);

    private World World => _cluster.World;

    /// <summary>Applies a fault now.</summary>
    /// <param name="fault">The fault.</param>
    /// <exception cref="ActorTrainException">It names a node that does not exist.</exception>
    public void Make(Fault fault)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        foreach (var name in Checked.NotNull("Make: fault", fault, "a fault, such as Fault.Kill(\"worker-1\")").Nodes)
            if (!_cluster.Nodes.ContainsKey(name))
                throw SimulationCheck.NoSuchNode($"{fault} cannot be applied", name, [.. _cluster.Nodes.Keys]);
        _byHand.Add((World.Time.Now, fault));
        fault.Apply(_cluster);
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
        return new SimulationResult(
            _simulation,
            _job,
            trained is null ? null : trained.Report with { Events = [.. trained.Report.Events.Select(Describe)] },
            trained?.Model,
            trained is null ? WhyNotTrained() : null,
            Progress,
            [.. _events],
            _timeline.Points,
            CarriedByLinks(),
            World.Time.Now,
            World.Time.EventsRun,
            RunViolations.Find(
                _cluster.Lane.Checker.Violations,
                _cluster.Errors,
                _cluster.Lane.Checker.Acknowledged,
                trained?.Report
            )
        )
        {
            HasEnded = HasEnded,
            ByHand = [.. _byHand],
        };
    }

    /// <summary>Stops all actors of the simulation.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _cluster.Stop();
        if (_client is not null)
            World.System.Stop(_client);
        World.End();
        _cluster.Dispose();
    }

    private SupervisionEvent Describe(SupervisionEvent raised) =>
        raised with
        {
            Action = _cluster.Describe(raised.Action),
        };

    private void PassTime(TimeSpan until)
    {
        while (!HasEnded && World.Step(until)) { }
    }

    private string WhyNotTrained()
    {
        if (_result.Task.Exception?.InnerException is { } failure)
            return _cluster.Describe(failure.Message);
        var progressAt = _timeline.Points is [.., var latest] ? latest.At : TimeSpan.Zero;
        return UnendedJob.Describe(
            Now,
            Progress,
            progressAt,
            _cluster.Membership.HasCoordinator,
            [.. _cluster.Nodes.Values.Select(node => (node, World.Network.IsCut(node)))]
        );
    }

    private List<LinkTraffic> CarriedByLinks() =>
        [
            .. World.Network.Carried.Select(link => new LinkTraffic(
                link.Key.From,
                link.Key.To,
                link.Value.Messages,
                link.Value.Bytes
            )),
        ];

    private void Submit()
    {
        if (_cluster.Membership.Coordinator is not { } coordinator)
        {
            World.Time.Schedule(World.Time.Now + ResubmitAfter, new WorldEvent(Submit));
            return;
        }
        var progress = new CallbackWriter<JobProgress>(latest =>
        {
            Progress = latest with { Reason = _cluster.Describe(latest.Reason) };
            _timeline.Add(World.Time.Now, Progress);
        });
        var events = new CallbackWriter<SupervisionEvent>(raised => _events.Add((World.Time.Now, Describe(raised))));
        World.RunAs(
            _clientNode,
            () =>
                _client = World.System.ActorOf(
                    ClientActor.Props(
                        new ClientProtocol.Submit(_job),
                        coordinator,
                        new ClusterContact(FindCoordinatorAsync, Remember: _ => { }),
                        _cluster.Lane,
                        ActorRefs.Nobody,
                        new ClientOutput(progress, events, _accepted, _result)
                    ),
                    "client"
                )
        );
    }

    private Task<object> FindCoordinatorAsync() =>
        Task.FromResult<object>(
            _cluster.Membership.Coordinator is { } coordinator
                ? new ClusterContact.Found(coordinator)
                : new ClusterContact.NotFound()
        );
}
