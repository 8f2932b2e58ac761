namespace ActorTrain.TestKit.Laws;

/// <summary>All laws, in order; a law's number is its place, from 1.</summary>
internal static class LawCatalog
{
    /// <summary>The laws.</summary>
    public static IReadOnlyList<ILaw> All { get; } =
    [
        new MeanStaleness(),
        new DelayBoundary(),
        new ImplicitMomentum(),
        new ClockGap(),
        new BackupWorkers(),
        new SplitBatch(),
        new UnusedParameters(),
    ];
}
