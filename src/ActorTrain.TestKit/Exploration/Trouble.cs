using ActorTrain.TestKit.Faults;

namespace ActorTrain.TestKit.Exploration;

/// <summary>The kinds of trouble in a random script.</summary>
internal enum TroubleKind
{
    /// <summary>Killed, and restarted.</summary>
    Kill,

    /// <summary>Frozen, and thawed.</summary>
    Freeze,

    /// <summary>Cut off, and healed.</summary>
    Partition,

    /// <summary>Leaves in order, and restarted.</summary>
    Leave,

    /// <summary>Slow, and fast again.</summary>
    Slow,

    /// <summary>Its engine throws.</summary>
    FailEngine,

    /// <summary>A gradient is not finite.</summary>
    NotFinite,
}

/// <summary>A trouble of a node that ends after a while.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Node">The node.</param>
/// <param name="Begins">Seconds from the simulation's beginning.</param>
/// <param name="Lasts">Seconds until it ends.</param>
internal sealed record Trouble(TroubleKind Kind, string Node, double Begins, double Lasts)
{
    /// <summary>The faults that begin and end it.</summary>
    public IEnumerable<(double At, Fault Fault)> Faults =>
        Kind switch
        {
            TroubleKind.Kill => [(Begins, Fault.Kill(Node)), (Begins + Lasts, Fault.Restart(Node))],
            TroubleKind.Freeze => [(Begins, Fault.Freeze(Node)), (Begins + Lasts, Fault.Thaw(Node))],
            TroubleKind.Partition => [(Begins, Fault.Partition(Node)), (Begins + Lasts, Fault.HealPartition())],
            TroubleKind.Leave => [(Begins, Fault.Leave(Node)), (Begins + Lasts, Fault.Restart(Node))],
            TroubleKind.Slow => [(Begins, Fault.Slow(Node, to: 0.1)), (Begins + Lasts, Fault.Slow(Node, to: 1))],
            TroubleKind.FailEngine => [(Begins, Fault.FailEngine(Node))],
            _ => [(Begins, Fault.NotFinite(Node, gradients: 1))],
        };
}
