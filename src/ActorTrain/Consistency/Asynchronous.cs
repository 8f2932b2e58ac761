using ActorTrain.Job;

namespace ActorTrain.Consistency;

/// <summary>Nobody waits for anybody: each push is applied when it arrives (Recht et al. 2011; Dean et al. 2012, Downpour SGD).</summary>
public sealed class Asynchronous : IConsistency
{
    /// <inheritdoc/>
    public string Name => "asynchronous";

    /// <inheritdoc/>
    public bool MayGoOn(long clock, long slowest) => true;
}

/// <summary>Makes the consistency that a job asks for.</summary>
public static class ConsistencyModes
{
    /// <summary>The consistency of a mode.</summary>
    public static IConsistency Of(ConsistencyMode mode) => mode switch
    {
        ConsistencyMode.Asynchronous => new Asynchronous(),
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Unknown consistency."),
    };
}
