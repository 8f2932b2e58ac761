using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>How chaos is to be.</summary>
/// <param name="Minutes">How long the job lasts, about.</param>
/// <param name="Seed">Seeds the faults and the job.</param>
/// <param name="FaultsPerMinute">Faults a minute.</param>
/// <param name="Workers">Worker processes.</param>
/// <param name="Throttle">The part of the time that a worker computes.</param>
/// <param name="JobSettings">HOCON over the job's defaults.</param>
/// <param name="NodeSettings">HOCON over the nodes' defaults.</param>
internal sealed record ChaosOptions(
    double Minutes,
    int Seed,
    double FaultsPerMinute,
    int Workers,
    double Throttle,
    string JobSettings,
    string NodeSettings
);

/// <summary>
/// Workers are killed, frozen, told to leave and replaced while a job trains: every sample must count once, and every
/// fault must have its event. Beside it the same job in quiet.
/// </summary>
internal static class ChaosBenchmark
{
    private const int EpochsToCalibrate = 10,
        Evaluations = 10;

    /// <returns>Whether all was as it must be.</returns>
    public static async Task<bool> RunAsync(ChaosOptions options, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("chaos sends signals by Linux's numbers; run it there");
        var faults = Fault.Plan(options.Seed, options.Minutes, options.FaultsPerMinute);
        await Console.Error.WriteLineAsync(
            FormattableString.Invariant(
                $"calibrating; then {options.Minutes:0.#} minutes in quiet, and as long with {faults.Count} faults"
            )
        );
        var calibration = await ChaosRun.MakeAsync(options, Job(options, EpochsToCalibrate), [], cancellation);
        PrintSoFar("calibration", calibration);
        var epochSeconds = calibration.Report.Data.TrainSamples / calibration.Measured.Throughput;
        var job = Job(options, Math.Max(EpochsToCalibrate, (int)Math.Round(60 * options.Minutes / epochSeconds)));
        var quiet = await ChaosRun.MakeAsync(options, job, [], cancellation);
        PrintSoFar("quiet", quiet);
        var chaos = await ChaosRun.MakeAsync(options, job, faults, cancellation);
        PrintSoFar("chaos", chaos);

        PrintFaults(options, job, chaos);
        PrintRuns(options, quiet, chaos);
        List<string> complaints =
        [
            .. new[] { quiet, chaos }.SelectMany(Complaints),
            .. chaos.Outcomes.SelectMany(outcome => outcome.Complaints),
        ];
        if (chaos.Outcomes.Count < faults.Count)
            complaints.Add(
                $"only {chaos.Outcomes.Count} of {faults.Count} faults could be made before the job was over"
            );
        foreach (var complaint in complaints)
            Console.WriteLine($"\nFAILED: {complaint}");
        if (complaints.Count == 0)
            Console.WriteLine("\nEvery sample was applied exactly once, and every fault has its event.");
        return complaints.Count == 0;
    }

    private static JobOptions Job(ChaosOptions options, int epochs) =>
        TrainingJob.Named("cnn 64").Options(options.JobSettings) with
        {
            Name = "chaos",
            Epochs = epochs,
            EvaluateEvery = Math.Max(1, epochs / Evaluations),
            Seed = options.Seed,
        };

    private static IEnumerable<string> Complaints(ChaosRun run)
    {
        if (run.Report.SamplesApplied != run.Report.SamplesExpected)
            yield return $"{run.Report.SamplesApplied} of {run.Report.SamplesExpected} samples were applied";
        foreach (var epoch in run.Report.Epochs.Where(epoch => epoch.Samples != run.Report.Data.TrainSamples))
            yield return $"{epoch.Samples} of {run.Report.Data.TrainSamples} samples of epoch {epoch.Epoch} were "
                + $"applied";
        if (run.Report.TestAccuracy is null)
            yield return "the final weights were not evaluated";
    }

    private static void PrintSoFar(string name, ChaosRun run) =>
        SoFar.Print(
            name,
            ("samples applied", Measured.Whole(run.Report.SamplesApplied)),
            ("of", Measured.Whole(run.Report.SamplesExpected)),
            ("seconds", run.Report.WallSeconds.ToString("0.0", CultureInfo.InvariantCulture)),
            ("images/s", Measured.Whole(run.Report.Throughput)),
            ("accuracy", run.Report.TestAccuracy?.ToString("0.000", CultureInfo.InvariantCulture) ?? "")
        );

    private static void PrintFaults(ChaosOptions options, JobOptions job, ChaosRun chaos)
    {
        var table = new Table("at s", "fault", "worker", "lasts s", "event", "after s", "then", "after s")
        {
            AtTheEnd = true,
        };
        foreach (var outcome in chaos.Outcomes)
        {
            table.Add(
                (outcome.Began - chaos.Began).TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
                outcome.Fault.Kind.ToString().ToLowerInvariant(),
                outcome.Node,
                outcome.Fault.Lasts.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture),
                outcome.Noticed.Text,
                outcome.Noticed.Seconds,
                outcome.Mended.Text,
                outcome.Mended.Seconds
            );
        }
        table.Print(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Chaos: {options.Workers} worker processes at {options.Throttle} of their speed on "
                    + $"{Environment.ProcessorCount} cores, {job.Epochs} epochs, seed {options.Seed}"
            )
        );
        Console.WriteLine(
            "\nafter s: seconds from the fault, from the start of the next worker, or from the end of a frost, to "
                + "the coordinator's word about it."
        );
    }

    private static void PrintRuns(ChaosOptions options, ChaosRun quiet, ChaosRun chaos)
    {
        var table = new Table(
            "run",
            "samples applied",
            "of",
            "seconds",
            "images/s",
            "workers, mean",
            "goodput",
            "of the admitted",
            "accuracy",
            "duplicates refused",
            "unexplained events"
        )
        {
            AtTheEnd = true,
        };
        // What one worker does while nothing happens.
        var (one, admitted) = (
            quiet.Report.SamplesApplied / quiet.WorkerSeconds,
            quiet.Report.SamplesApplied / quiet.AdmittedSeconds
        );
        foreach (var (name, run) in new[] { ("quiet", quiet), ("chaos", chaos) })
        {
            var report = run.Report;
            table.Add(
                name,
                Measured.Whole(report.SamplesApplied),
                Measured.Whole(report.SamplesExpected),
                report.WallSeconds.ToString("0.0", CultureInfo.InvariantCulture),
                Measured.Whole(report.Throughput),
                (run.WorkerSeconds / report.WallSeconds).ToString("0.00", CultureInfo.InvariantCulture),
                (report.SamplesApplied / (run.WorkerSeconds * one)).ToString("0.000", CultureInfo.InvariantCulture),
                (report.SamplesApplied / (run.AdmittedSeconds * admitted)).ToString(
                    "0.000",
                    CultureInfo.InvariantCulture
                ),
                report.TestAccuracy?.ToString("0.000", CultureInfo.InvariantCulture) ?? "",
                $"{report.DuplicatesRefused}",
                $"{run.Unexplained.Count}"
            );
        }
        table.Print("The same job in quiet and in chaos");
        Console.WriteLine(
            "\ngoodput: samples applied ÷ (seconds that worker processes were there × samples a second of one in the "
                + "quiet run). A process is there from its start until it is killed, frozen or told to go; of the "
                + "admitted: from when the job has admitted it."
        );
        foreach (var happened in chaos.Unexplained)
            Console.WriteLine(
                FormattableString.Invariant(
                    $"unexplained: {happened.At:0.0} s {happened.Kind} {happened.Node}: {happened.Reason}"
                )
            );
    }
}
