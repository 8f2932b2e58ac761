using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// A synchronous step of N + b workers ends with the N-th contribution. Where their times are exponential with mean 1, the gaps between contributions are exponential with means 1/(N + b),
/// 1/(N + b − 1), … , 1/(b + 1), so a step takes H₍N₊b₎ − H₍b₎ in the mean (H is a harmonic number).
/// </summary>
internal sealed class BackupWorkers : ILaw
{
    private const double Tolerance = 0.01;
    private const int Workers = 100;
    private static readonly int[] Backups = [0, 4];

    /// <inheritdoc/>
    public string Name => "backup workers";

    /// <inheritdoc/>
    public string Statement => "A synchronous step of N + b memoryless workers that needs N of them takes H(N+b) − H(b) of a worker's step.";

    /// <inheritdoc/>
    public string Source => "Chen et al. 2016, Revisiting distributed synchronous SGD";

    /// <inheritdoc/>
    public IEnumerable<Func<LawRow>> Cases(Effort effort)
    {
        var steps = effort == Effort.Full ? 2000 : 200;
        foreach (var backup in Backups)
            yield return () => LawRow.Near($"first {Workers - backup} of {Workers}", Harmonic(Workers) - Harmonic(backup), Mean(backup, steps), Tolerance);
    }

    private static double Mean(int backup, int steps)
    {
        var times = new StepTimes();
        AlwaysBusy.Run(
            seed: backup, [.. Enumerable.Repeat(Speed.Exponential(1), Workers)], [1f], rate: 1e-6, (steps + 1) * (Workers - backup), times,
            settings: FormattableString.Invariant($"consistency {{ name = synchronous, synchronous.backup-workers = {backup} }}"));
        return times.Mean(steps);
    }

    private static double Harmonic(int number) => Enumerable.Range(1, number).Sum(i => 1.0 / i);
}
