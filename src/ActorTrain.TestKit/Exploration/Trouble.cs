using ActorTrain.TestKit.Faults;

namespace ActorTrain.TestKit.Exploration;

/// <summary>The kinds of trouble that a random script makes.</summary>
internal enum TroubleKind
{
    /// <summary>Killed, and started again.</summary>
    Kill,

    /// <summary>Frozen, and thawed.</summary>
    Freeze,

    /// <summary>Cut off, and healed.</summary>
    Cut,

    /// <summary>Told to leave, and started again.</summary>
    Leave,

    /// <summary>Slow, and fast again.</summary>
    Slow,

    /// <summary>Its engine throws.</summary>
    FailEngine,

    /// <summary>Its gradients are no numbers.</summary>
    NotFinite,
}

/// <summary>Something that happens to a node, and is over after a while.</summary>
/// <param name="Kind">What.</param>
/// <param name="Node">To which node.</param>
/// <param name="Begins">Seconds from the simulation's beginning.</param>
/// <param name="Lasts">Seconds until it is over.</param>
internal sealed record Trouble(TroubleKind Kind, string Node, double Begins, double Lasts)
{
    /// <summary>The faults that it is made of.</summary>
    public IEnumerable<(double At, Fault Fault)> Faults =>
        Kind switch
        {
            TroubleKind.Kill => [(Begins, Fault.Kill(Node)), (Begins + Lasts, Fault.Restart(Node))],
            TroubleKind.Freeze => [(Begins, Fault.Freeze(Node)), (Begins + Lasts, Fault.Thaw(Node))],
            TroubleKind.Cut => [(Begins, Fault.Cut(Node)), (Begins + Lasts, Fault.Heal())],
            TroubleKind.Leave => [(Begins, Fault.Leave(Node)), (Begins + Lasts, Fault.Restart(Node))],
            TroubleKind.Slow => [(Begins, Fault.Slow(Node, to: 0.1)), (Begins + Lasts, Fault.Slow(Node, to: 1))],
            TroubleKind.FailEngine => [(Begins, Fault.FailEngine(Node))],
            _ => [(Begins, Fault.NotFinite(Node, gradients: 1))],
        };
}
