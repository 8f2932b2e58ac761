using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Time;

/// <summary>An event at a virtual time.</summary>
/// <param name="node">Its node: the event waits while the node is frozen, and is dropped if it is dead. Null for an
/// event of the world.</param>
internal abstract class SimulatedEvent(SimulatedNode? node)
{
    public SimulatedNode? Node => node;

    /// <summary>Whether it also runs on a dead node, so that its actors can stop.</summary>
    public virtual bool RunsOnDeadNode => false;

    public abstract void Run();

    /// <summary>Releases what it holds, if it is not run.</summary>
    public virtual void Drop() { }
}

/// <summary>An event of the world itself.</summary>
internal sealed class WorldEvent(Action action) : SimulatedEvent(null)
{
    public override void Run() => action();
}
