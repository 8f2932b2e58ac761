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

/// <summary>One simulation's time, network and nodes, and which of them is at work now. Used by one thread.</summary>
internal sealed class World
{
    private static readonly ConcurrentDictionary<string, World> Worlds = new();
    private static long _numbers;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private readonly string _number;
    private SimulatedDispatcher? _dispatcher;
    private IRunnable? _run;
    private SimulatedThread? _thread;
    private TimeSpan _spent;
    private bool _over;

    public World(long seed, NetworkOptions network, CostOptions costs, string settings)
    {
        _number = Interlocked.Increment(ref _numbers).ToString(CultureInfo.InvariantCulture);
        (Time, Costs) = (new VirtualTime(seed), costs);
        Network = new SimulatedNetwork(this, network);
        Worlds[_number] = this;
        System = ActorSystem.Create("simulation", Configuration(settings));
    }

    public VirtualTime Time { get; }

    public SimulatedNetwork Network { get; }

    public CostOptions Costs { get; }

    public ActorSystem System { get; }

    /// <summary>The node that is at work; null for the world itself.</summary>
    public SimulatedNode? Current { get; private set; }

    /// <summary>The time, for whoever is at work.</summary>
    public TimeSpan Now => Time.Now + _spent;

    /// <summary>Whether whoever is at work has taken time.</summary>
    public bool HasSpent => _spent > TimeSpan.Zero;

    public static World Of(Config system) => Worlds[system.GetString("actortrain-simulation.world")];

    /// <summary>Does what is next; false when there is nothing until a time.</summary>
    public bool Step(TimeSpan until)
    {
        if (Time.Take(until) is not { } next)
            return false;
        if (_over && next is WorldHappening)
            return true;
        if (next.Node is { IsFrozen: true } frozen)
            frozen.Hold(next);
        else if (next.Node is { IsDead: true } && !next.OutlivesNode)
            next.Drop();
        else
            Happen(next);
        return true;
    }

    // As Within, without an object for each.
    private void Happen(Happening next)
    {
        Current = next.Node;
        try
        {
            next.Happen();
        }
        finally
        {
            Current = null;
        }
    }

    /// <summary>Does something as a node.</summary>
    public void Within(SimulatedNode? node, Action action)
    {
        var before = Current;
        Current = node;
        try
        {
            action();
        }
        finally
        {
            Current = before;
        }
    }

    /// <summary>Runs an actor's turn.</summary>
    public void Run(SimulatedDispatcher dispatcher, IRunnable run, SimulatedThread? thread)
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

    /// <summary>Whoever is at work takes time: its thread is busy, and what it sends from now on leaves then.</summary>
    /// <param name="time">How much.</param>
    /// <param name="abandoned">Asked for when the thread is to be free at once.</param>
    public void Spend(TimeSpan time, CancellationToken abandoned = default)
    {
        if (_dispatcher is null || _run is null || time <= TimeSpan.Zero)
            return;
        _spent += time;
        _thread ??= _dispatcher.ThreadOf(_run);
        _thread.Spend(Now, abandoned);
    }

    /// <summary>Something leaves whoever is at work.</summary>
    public void Depart(Delivery delivery)
    {
        if (HasSpent)
            _thread!.Defer(delivery);
        else
            delivery.Happen();
    }

    /// <summary>Nothing is simulated any more but that actors end, who were told to.</summary>
    public void End()
    {
        _over = true;
        // The actor system itself is left to the collector: ending it would be the work of other threads, which the
        // queue is not made for.
        var until = Time.Now + Farewell;
        while (Step(until)) { }
        Worlds.TryRemove(_number, out _);
    }

    private Config Configuration(string settings)
    {
        var simulated = $"type = \"{typeof(SimulatedDispatcher.OfSimulation).AssemblyQualifiedName}\"";
        // Whatever is set, time and threads are the simulation's.
        var own = ConfigurationFactory.ParseString(
            $$"""
            actortrain-simulation.world = {{_number}}
            akka.scheduler.implementation = "{{typeof(VirtualScheduler).AssemblyQualifiedName}}"
            akka.actor.default-dispatcher { {{simulated}} }
            akka.actor.internal-dispatcher { {{simulated}} }
            actortrain.compute-dispatcher { {{simulated}} }
            actortrain.training-dispatcher { {{simulated}} }
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
