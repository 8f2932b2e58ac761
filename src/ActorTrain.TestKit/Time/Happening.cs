using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Time;

/// <summary>Something that is to happen at a virtual time.</summary>
/// <param name="node">The node on which it happens: not while it is frozen, and never once it is dead. Null for what
/// happens to the world.</param>
internal abstract class Happening(SimulatedNode? node)
{
    public SimulatedNode? Node => node;

    /// <summary>Whether it happens on a dead node, too: its actors have to end.</summary>
    public virtual bool OutlivesNode => false;

    public abstract void Happen();

    /// <summary>It will never happen.</summary>
    public virtual void Drop() { }
}

/// <summary>Something that the world itself does.</summary>
internal sealed class WorldHappening(Action happen) : Happening(null)
{
    public override void Happen() => happen();
}
