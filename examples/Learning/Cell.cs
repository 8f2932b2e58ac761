using System.Diagnostics;
using ActorTrain.Job;
using ActorTrain.TestKit;

namespace Learning;

/// <summary>One run of the table.</summary>
internal sealed record Cell(Method Method, int Workers, int Seed)
{
    public override string ToString() => $"{Method.Name}, {Workers} workers, seed {Seed}";

    /// <summary>Trains from beginning to end. A failure is a result, too.</summary>
    public CellResult Run(Setup setup)
    {
        var watch = Stopwatch.StartNew();
        return CellResult.From(this, setup.Cluster(this).Run(setup.Job(this)), watch.Elapsed);
    }
}

/// <summary>The result of a cell.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Workers">Number of workers.</param>
/// <param name="Seed">Seed of weights, order and times.</param>
/// <param name="Outcome"><see cref="Trained"/>, <see cref="Diverged"/>, or <see cref="Broken"/>.</param>
/// <param name="Accuracy">On the test set at the end, 0 to 1; NaN if the job did not succeed.</param>
/// <param name="Staleness">Mean over all pushes; NaN if the job did not succeed.</param>
/// <param name="ClusterSeconds">Virtual seconds that the cluster took.</param>
/// <param name="Seconds">Seconds that the simulation took.</param>
/// <param name="Note">Why it did not train, or a remark; may be empty.</param>
internal sealed record CellResult(
    string Method,
    int Workers,
    int Seed,
    string Outcome,
    double Accuracy,
    double Staleness,
    double ClusterSeconds,
    double Seconds,
    string Note
)
{
    public const string Trained = "trained",
        Diverged = "diverged",
        Broken = "broken";

    // Chance is 0.1.
    private const double NearChance = 0.2;

    public static CellResult From(Cell cell, SimulationResult result, TimeSpan took)
    {
        var accuracy = result.Report?.TestAccuracy ?? double.NaN;
        var quarantined = result
            .Events.Where(raised => raised.Kind == SupervisionEventKinds.WorkerQuarantined)
            .Select(raised => raised.Node)
            .Distinct()
            .Count();
        var (outcome, note) = result switch
        {
            { Violations: [var violation, ..] } => (Broken, violation),
            { Failure: { } failure } => (
                failure.Contains("diverged", StringComparison.Ordinal) ? Diverged : Broken,
                failure
            ),
            _ when !(accuracy > NearChance) => (Diverged, "its accuracy is near chance"),
            _ => (Trained, quarantined == 0 ? "" : $"{quarantined} workers were quarantined"),
        };
        return new CellResult(
            cell.Method.Name,
            cell.Workers,
            cell.Seed,
            outcome,
            accuracy,
            result.Report?.Staleness.Mean ?? double.NaN,
            result.Report?.WallSeconds ?? result.Time.TotalSeconds,
            took.TotalSeconds,
            note
        );
    }
}
