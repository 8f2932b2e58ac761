using ActorTrain.TestKit.Nodes;

namespace ActorTrain.TestKit.Laws;

/// <summary>
/// A synchronous step of N + b workers ends with the N-th contribution. Where their times are exponential with mean 1,
/// the gaps between contributions are exponential with means 1/(N + b), 1/(N + b − 1), … , 1/(b + 1), so a step takes
/// H₍N₊b₎ − H₍b₎ in the mean (H is a harmonic number). A worker whose step has closed discards its gradient, and begins
/// the next step with the others.
/// </summary>
/// <remarks>
/// A step's time has a standard deviation of a quarter of its mean without backups, and of a seventh with four. A mean
/// within 1 % needs some thousand steps; the short form has some hundred, and a tolerance of 3 %. A worker takes a
/// hundred steps a second, so that what the cluster does once a second costs little in comparison. Times are in units
/// of a worker's mean step.
/// </remarks>
internal sealed class BackupWorkers : ILaw
{
    private const double Tolerance = 0.01,
        ShortTolerance = 0.03;
    private const int Workers = 100,
        StepsASecond = 100;
    private static readonly int[] Backups = [0, 4];

    /// <inheritdoc/>
    public string Name => "backup workers";

    /// <inheritdoc/>
    public string Statement =>
        "A synchronous step of N + b memoryless workers that needs N of them takes H(N+b) − H(b) of a worker's step.";

    /// <inheritdoc/>
    public string Source => "Chen et al. 2016, Revisiting distributed synchronous SGD";

    /// <inheritdoc/>
    public IEnumerable<Func<LawRow>> Cases(Effort effort)
    {
        var (steps, tolerance) = effort == Effort.Full ? (3000, Tolerance) : (400, ShortTolerance);
        foreach (var backup in Backups)
            yield return () =>
                LawRow.Near(
                    $"first {Workers - backup} of {Workers}",
                    Harmonic(Workers) - Harmonic(backup),
                    Mean(backup, steps),
                    tolerance
                );
    }

    private static double Mean(int backup, int steps)
    {
        var times = new StepTimes();
        BusyCluster.Run(
            seed: backup,
            [.. Enumerable.Repeat(Speed.Exponential(StepsASecond), Workers)],
            [1f],
            rate: 1e-6,
            (steps + 1) * (Workers - backup),
            times,
            settings: FormattableString.Invariant(
                $"consistency {{ name = synchronous, synchronous.backup-workers = {backup} }}"
            )
        );
        return times.Mean(steps) * StepsASecond;
    }

    private static double Harmonic(int number) => Enumerable.Range(1, number).Sum(i => 1.0 / i);
}
