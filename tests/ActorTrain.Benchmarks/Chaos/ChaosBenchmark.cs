using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Job;

namespace ActorTrain.Benchmarks.Chaos;

/// <summary>Options of the benchmark.</summary>
/// <param name="Minutes">Approximate duration of the job.</param>
/// <param name="Seed">Seeds the faults and the job.</param>
/// <param name="FaultsPerMinute">Faults a minute.</param>
/// <param name="Workers">Worker processes.</param>
/// <param name="Throttle">The part of the time that a worker computes.</param>
/// <param name="Kinds">The kinds of faults.</param>
/// <param name="JobSettings">HOCON that overrides the job's defaults.</param>
/// <param name="NodeSettings">HOCON that overrides the nodes' defaults.</param>
internal sealed record ChaosOptions(
    double Minutes,
    int Seed,
    double FaultsPerMinute,
    int Workers,
    double Throttle,
    IReadOnlyCollection<FaultKind> Kinds,
    string JobSettings,
    string NodeSettings
);

/// <summary>
/// The seed and workers are killed, frozen, terminated and replaced while a job trains: every sample must count once,
/// every fault must have its event, and every node must be in the one cluster at the end. For comparison the same job
/// runs without faults.
/// </summary>
internal static class ChaosBenchmark
{
    private const int EpochsToCalibrate = 10,
        Evaluations = 10;

    /// <returns>Whether all checks passed.</returns>
    public static async Task<bool> RunAsync(ChaosOptions options, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("chaos sends signals by Linux's numbers; run it there");
        var faults = Fault.Plan(options.Seed, options.Minutes, options.FaultsPerMinute, options.Kinds);
        await Console.Error.WriteLineAsync(
            FormattableString.Invariant(
                $"calibrating; {options.Minutes:0.#} minutes without faults, then as long with {faults.Count} faults"
            )
        );
        var calibration = await ChaosRun.RunAsync(options, Job(options, EpochsToCalibrate), [], cancellation);
        PrintInterim("calibration", calibration);
        var epochSeconds = calibration.Report.Data.TrainSamples / calibration.Measured.Throughput;
        var job = Job(options, Math.Max(EpochsToCalibrate, (int)Math.Round(60 * options.Minutes / epochSeconds)));
        var quiet = await ChaosRun.RunAsync(options, job, [], cancellation);
        PrintInterim("quiet", quiet);
        var chaos = await ChaosRun.RunAsync(options, job, faults, cancellation);
        PrintInterim("chaos", chaos);

        PrintFaults(options, job, chaos);
        PrintRuns(quiet, chaos);
        PrintStalls(quiet, chaos);
        List<string> failures =
        [
            .. new[] { quiet, chaos }.SelectMany(Failures),
            .. chaos.Outcomes.SelectMany(outcome => outcome.Failures),
        ];
        if (chaos.Outcomes.Count < faults.Count)
            failures.Add(
                $"only {chaos.Outcomes.Count} of {faults.Count} faults could be injected before the job ended"
            );
        foreach (var failure in failures)
            Console.WriteLine($"\nFAILED: {failure}");
        if (failures.Count == 0)
            Console.WriteLine(
                "\nEvery sample was applied exactly once, every fault has its event, and every node is in the cluster."
            );
        return failures.Count == 0;
    }

    private static JobOptions Job(ChaosOptions options, int epochs) =>
        TrainingJob.Find("cnn 64").Options(options.JobSettings) with
        {
            Name = "chaos",
            Epochs = epochs,
            EvaluateEvery = Math.Max(1, epochs / Evaluations),
            Seed = options.Seed,
        };

    private static IEnumerable<string> Failures(ChaosRun run)
    {
        if (run.Report.SamplesApplied != run.Report.SamplesExpected)
            yield return $"{run.Report.SamplesApplied} of {run.Report.SamplesExpected} samples were applied";
        foreach (var epoch in run.Report.Epochs.Where(epoch => epoch.Samples != run.Report.Data.TrainSamples))
            yield return $"{epoch.Samples} of {run.Report.Data.TrainSamples} samples of epoch {epoch.Epoch} were "
                + $"applied";
        if (run.Report.TestAccuracy is null)
            yield return "the final weights were not evaluated";
        foreach (var node in run.Strays)
            yield return $"{node} runs and is not in the cluster, or is in it and does not run";
    }

    private static void PrintInterim(string name, ChaosRun run) =>
        Interim.Print(
            name,
            ("samples applied", Measured.Whole(run.Report.SamplesApplied)),
            ("of", Measured.Whole(run.Report.SamplesExpected)),
            ("seconds", run.Report.WallSeconds.ToString("0.0", CultureInfo.InvariantCulture)),
            ("images/s", Measured.Whole(run.Report.Throughput)),
            ("accuracy", run.Report.TestAccuracy?.ToString("0.000", CultureInfo.InvariantCulture) ?? "")
        );

    private static void PrintFaults(ChaosOptions options, JobOptions job, ChaosRun chaos)
    {
        var table = new Table("at s", "fault", "node", "lasts s", "event", "after s", "then", "after s", "stall s")
        {
            PrintsAtEnd = true,
        };
        foreach (var outcome in chaos.Outcomes)
        {
            table.Add(
                (outcome.Began - chaos.Began).TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
                outcome.Kind,
                outcome.NodeAndRole,
                outcome.Fault.Lasts.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture),
                outcome.Detected.Text,
                outcome.Detected.Seconds,
                outcome.Recovered.Text,
                outcome.Recovered.Seconds,
                Number(chaos.StallOf(outcome), "0.0")
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
            "\nafter s: seconds from the fault, from the start of the next process, or from the end of a freeze, to "
                + "the coordinator's event. stall s: the longest time between two applied pushes until the cluster is "
                + "whole again."
        );
    }

    private static void PrintRuns(ChaosRun quiet, ChaosRun chaos)
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
            PrintsAtEnd = true,
        };
        // Samples a second of one worker without faults.
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
        table.Print("The same job without and with faults");
        Console.WriteLine(
            "\ngoodput: samples applied ÷ (seconds that worker processes ran × samples a second of one in the quiet "
                + "run). A process runs from its start until it is killed, frozen or terminated; of the admitted: from "
                + "when the job has admitted it."
        );
        foreach (var raised in chaos.Unexplained)
            Console.WriteLine(
                FormattableString.Invariant(
                    $"unexplained: {raised.Elapsed.TotalSeconds:0.0} s {raised.Kind} {raised.Node}: {raised.Reason}"
                )
            );
    }

    private static void PrintStalls(ChaosRun quiet, ChaosRun chaos)
    {
        var table = new Table("fault", "of", "times", "coordinator moved", "stall s, p50", "p99", "longest")
        {
            PrintsAtEnd = true,
        };
        foreach (
            var faults in chaos
                .Outcomes.GroupBy(outcome => (outcome.Kind, Of: outcome.IsSeed ? "seed" : "worker"))
                .OrderBy(faults => faults.Key)
        )
        {
            List<double> stalls = [.. faults.Select(chaos.StallOf)];
            table.Add(
                faults.Key.Kind,
                faults.Key.Of,
                $"{stalls.Count}",
                $"{faults.Count(chaos.HasMoved)}",
                Number(stalls.Percentile(0.5), "0.0"),
                Number(stalls.Percentile(0.99), "0.0"),
                Number(stalls.Max(), "0.0")
            );
        }
        table.Print("Stalls: the longest time between two applied pushes around each fault");
        Console.WriteLine(
            $"\nwithout faults: {Number(quiet.LongestStall, "0.0")}; restored from copies: {chaos.Restored} shards; "
                + $"applied, lost and trained again: {Measured.Whole(chaos.Gaps.TrainedAgain)} of "
                + $"{Measured.Whole(chaos.Report.SamplesExpected)} samples"
        );
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
