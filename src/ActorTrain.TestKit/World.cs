using System.Collections.Concurrent;
using System.Globalization;
using ActorTrain.Settings;
using ActorTrain.TestKit.Network;
using ActorTrain.TestKit.Nodes;
using ActorTrain.TestKit.Time;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace ActorTrain.TestKit;

/// <summary>One simulation's time, network and actor system, and the node that runs now. Not thread-safe.</summary>
internal sealed class World
{
    private static readonly ConcurrentDictionary<string, World> Worlds = new();
    private static long _lastId;
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(1);
    private readonly string _id;
    private SimulatedDispatcher? _dispatcher;
    private IRunnable? _run;
    private SimulatedThread? _thread;
    private TimeSpan _spent;
    private bool _isEnding;

    public World(long seed, NetworkOptions network, CostOptions costs, string settings)
    {
        _id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        (Time, Costs) = (new VirtualTime(seed), costs);
        Network = new SimulatedNetwork(this, network);
        Worlds[_id] = this;
        System = ActorSystem.Create("simulation", Configuration(settings));
    }

    public VirtualTime Time { get; }

    public SimulatedNetwork Network { get; }

    public CostOptions Costs { get; }

    public ActorSystem System { get; }

    /// <summary>The node that runs now; null for the world itself.</summary>
    public SimulatedNode? CurrentNode { get; private set; }

    /// <summary>The time, with what the running actor has spent.</summary>
    public TimeSpan Now => Time.Now + _spent;

    /// <summary>Whether the running actor has spent time.</summary>
    public bool HasSpentTime => _spent > TimeSpan.Zero;

    public static World Get(Config system) => Worlds[system.GetString("actortrain-simulation.world")];

    /// <summary>Runs the next event; false if there is none until a time.</summary>
    public bool Step(TimeSpan until)
    {
        if (Time.Next(until) is not { } next)
            return false;
        if (_isEnding && next is WorldEvent)
            return true;
        if (next.Node is { IsFrozen: true } frozen)
            frozen.Hold(next);
        else if (next.Node is { IsDead: true } && !next.RunsOnDeadNode)
            next.Drop();
        else
            RunEvent(next);
        return true;
    }

    // As RunAs, without a delegate for each event.
    private void RunEvent(SimulatedEvent next)
    {
        CurrentNode = next.Node;
        try
        {
            next.Run();
        }
        finally
        {
            CurrentNode = null;
        }
    }

    /// <summary>Runs an action as a node.</summary>
    public void RunAs(SimulatedNode? node, Action action)
    {
        var before = CurrentNode;
        CurrentNode = node;
        try
        {
            action();
        }
        finally
        {
            CurrentNode = before;
        }
    }

    /// <summary>Runs an actor's mailbox.</summary>
    public void RunActor(SimulatedDispatcher dispatcher, IRunnable run, SimulatedThread? thread)
    {
        (_dispatcher, _run, _thread, _spent) = (dispatcher, run, thread, TimeSpan.Zero);
        try
        {
            run.Run();
        }
        finally
        {
            (_dispatcher, _run, _thread, _spent) = (null, null, null, TimeSpan.Zero);
        }
    }

    /// <summary>The running actor spends time: its thread is busy, and messages that it sends from now on leave after
    /// it.</summary>
    /// <param name="time">How much.</param>
    /// <param name="abandoned">Canceled to free the thread at once.</param>
    public void Spend(TimeSpan time, CancellationToken abandoned = default)
    {
        if (_dispatcher is null || _run is null || time <= TimeSpan.Zero)
            return;
        _spent += time;
        _thread ??= _dispatcher.ThreadOf(_run);
        _thread.Spend(Now, abandoned);
    }

    /// <summary>Sends a message of the running actor.</summary>
    public void Send(Delivery delivery)
    {
        if (HasSpentTime)
            _thread!.Defer(delivery);
        else
            delivery.Run();
    }

    /// <summary>Ends the simulation; only events that stop actors still run.</summary>
    public void End()
    {
        _isEnding = true;
        // The actor system itself is left to the garbage collector: terminating it needs other threads, which the queue
        // does not support.
        var until = Time.Now + TimeToStop;
        while (Step(until)) { }
        Worlds.TryRemove(_id, out _);
    }

    private Config Configuration(string settings)
    {
        var simulated = $"type = \"{typeof(SimulatedDispatcher.PerNodeConfigurator).AssemblyQualifiedName}\"";
        // These override the settings: time and threads are the simulation's.
        var own = ConfigurationFactory.ParseString(
            $$"""
            actortrain-simulation.world = {{_id}}
            akka.scheduler.implementation = "{{typeof(VirtualScheduler).AssemblyQualifiedName}}"
            akka.actor.default-dispatcher { {{simulated}} }
            akka.actor.internal-dispatcher { {{simulated}} }
            actortrain.compute-dispatcher { {{simulated}} }
            actortrain.training-dispatcher { {{simulated}} }
            actortrain.blocking-dispatcher { {{simulated}} }
            """
        );
        var defaults = ConfigurationFactory.ParseString(
            """
            akka.loglevel = WARNING
            akka.stdout-loglevel = OFF
            akka.loggers = []
            akka.log-dead-letters = off
            akka.log-dead-letters-during-shutdown = off
            akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            """
        );
        return own.WithFallback(ConfigurationFactory.ParseString(settings))
            .WithFallback(defaults)
            .WithFallback(ReferenceConfiguration.Config);
    }
}
