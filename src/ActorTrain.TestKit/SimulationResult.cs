using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ActorTrain.Job;
using ActorTrain.Saving;
using ActorTrain.Sentences;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Replaying;

namespace ActorTrain.TestKit;

/// <summary>Totals of a link, in one direction.</summary>
/// <param name="From">The sending node.</param>
/// <param name="To">The receiving node.</param>
/// <param name="Messages">Number of messages.</param>
/// <param name="Bytes">Their size in all; a control message counts as 200 bytes.</param>
public sealed record LinkTraffic(string From, string To, long Messages, long Bytes);

/// <summary>The result of a simulated run.</summary>
/// <param name="Simulation">The simulation.</param>
/// <param name="Job">The job that ran in it.</param>
/// <param name="Report">The job's report; null when it failed or did not end.</param>
/// <param name="Model">The trained weights; null when the job failed or did not end.</param>
/// <param name="Failure">
/// Why the job failed; or that it did not end, its progress and what it waits for; null when it succeeded.
/// </param>
/// <param name="Progress">The job's latest progress: phase, reason, samples applied; null when there was none.</param>
/// <param name="Happened">The cluster's events, oldest first, and the times since the simulation began at which the
/// client received them.</param>
/// <param name="Timeline">The job second by second.</param>
/// <param name="Links">Totals of each link.</param>
/// <param name="Time">Virtual time that it took.</param>
/// <param name="Turns">Number of simulated events: messages processed by actors, arrivals and timers.</param>
/// <param name="Violations">Violations of laws: a sample that counted twice or not at all, a version that went back, an
/// actor that failed without a fault that asks for it. Empty for a sound run.</param>
public sealed record SimulationResult(
    Simulation Simulation,
    JobOptions Job,
    TrainingReport? Report,
    TrainedModel? Model,
    string? Failure,
    JobProgress? Progress,
    IReadOnlyList<(TimeSpan At, SupervisionEvent Event)> Happened,
    IReadOnlyList<TimelinePoint> Timeline,
    IReadOnlyList<LinkTraffic> Links,
    TimeSpan Time,
    long Turns,
    IReadOnlyList<string> Violations
)
{
    private const int MostViolations = 5,
        LastEvents = 10;

    /// <summary>The cluster's events, oldest first.</summary>
    public IEnumerable<SupervisionEvent> Events => Happened.Select(raised => raised.Event);

    /// <summary>
    /// The faults that were applied, by the script and by hand. Faults that were due after the end are not among them.
    /// </summary>
    public IEnumerable<(TimeSpan At, Fault Fault)> Faults =>
        Simulation.Script.Where(fault => fault.At <= Time).Concat(ByHand);

    /// <summary>
    /// Whether the job has ended, in success or failure; otherwise <see cref="Failure"/> says what it waits for.
    /// </summary>
    public bool HasEnded { get; init; } = true;

    /// <summary>The faults that were applied by hand.</summary>
    internal IReadOnlyList<(TimeSpan At, Fault Fault)> ByHand { get; init; } = [];

    /// <summary>The events and the job's result, one a line: the same for the same seed, byte for byte.</summary>
    public string EventLog
    {
        get
        {
            var log = new StringBuilder();
            foreach (var (at, (_, kind, node, reason, action)) in Happened)
                log.Append(
                    CultureInfo.InvariantCulture,
                    $"{at.TotalSeconds:0.0000000} {kind} {node}: {reason}; {action}\n"
                );
            log.Append(
                CultureInfo.InvariantCulture,
                $"{Time.TotalSeconds:0.0000000} {Failure ?? "completed"}, {Turns} simulated events\n"
            );
            foreach (var worker in Report?.Workers ?? [])
                log.Append(
                    CultureInfo.InvariantCulture,
                    $"{NodeName.Format(worker.Node, worker.Restarts)}: {Plural.Format(worker.Samples, "sample")}, "
                        + $"{Plural.Format(worker.Pushes, "push", "pushes")}, "
                        + $"staleness {worker.StalenessMean:0.000000}\n"
                );
            if (Model is not null)
                log.Append(
                    CultureInfo.InvariantCulture,
                    $"weights {HashOf(MemoryMarshal.AsBytes(Model.Parameters.Span))}\n"
                );
            return log.ToString();
        }
    }

    /// <summary>Asserts that the job succeeded and that no law was broken.</summary>
    /// <returns>This result.</returns>
    /// <exception cref="SimulationFailedException"> The job failed, did not end, or broke a law. The message says why
    /// (for a job that did not end: its phase, what it waits for, its progress), and has the last events and the C#
    /// that runs it again.
    /// </exception>
    public SimulationResult ShouldSucceed() =>
        Failure is null && Violations.Count == 0 ? this : throw new SimulationFailedException(FailureText);

    /// <summary>
    /// The C# that runs it again, bit for bit: the job, the cluster as far as it differs from the defaults, its script,
    /// and the faults applied by hand. A value that cannot be written as code, such as a custom engine, is an
    /// undeclared name, with a comment that says what it was.
    /// </summary>
    public string ToCode() => SimulationCode.Create(Simulation, Job, ByHand);

    private string FailureText
    {
        get
        {
            var wrong = Failure is null ? "The job ended, but broke a law." : $"The job did not succeed: {Failure}";
            List<string> lines = [wrong, .. Violations.Take(MostViolations)];
            if (Violations.Count > MostViolations)
                lines.Add($"and {Plural.Format(Violations.Count - MostViolations, "violation")} more");
            if (Failure is not null && Happened.Count > 0)
                lines.AddRange([
                    "",
                    "Last events:",
                    .. Happened.TakeLast(LastEvents).Select(last => Line(last.At, last.Event)),
                ]);
            return string.Join("\n", [.. lines, "", "To run it again:", ToCode()]);
        }
    }

    private static string Line(TimeSpan at, SupervisionEvent raised) =>
        FormattableString.Invariant(
            $"  {at.TotalSeconds:0.000} s {raised.Kind} {raised.Node}: {raised.Reason}; {raised.Action}"
        );

    /// <summary>SHA-256 of <see cref="EventLog"/>.</summary>
    public string Hash => HashOf(Encoding.UTF8.GetBytes(EventLog));

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>A simulated run failed, or broke a law.</summary>
/// <param name="message">What was wrong.</param>
public sealed class SimulationFailedException(string message) : Exception(message);
