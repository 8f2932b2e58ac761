using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Sentences;
using ActorTrain.Supervision;
using ActorTrain.TestKit.Faults;
using ActorTrain.TestKit.Replaying;

namespace ActorTrain.TestKit;

/// <summary>What a link has carried, in one direction.</summary>
/// <param name="From">The node that sends.</param>
/// <param name="To">The node that receives.</param>
/// <param name="Messages">Messages.</param>
/// <param name="Bytes">Their size in all; a control message counts as 200 bytes.</param>
public sealed record LinkTraffic(string From, string To, long Messages, long Bytes);

/// <summary>All that a simulation has shown.</summary>
/// <param name="Simulation">The simulation.</param>
/// <param name="Job">The job that ran in it.</param>
/// <param name="Report">The job's report; null when it failed or did not end.</param>
/// <param name="Model">The trained weights; null likewise.</param>
/// <param name="Failure">
/// Why the job failed; or that it did not end, how far it came and what it waits for; null when it ended well.
/// </param>
/// <param name="Progress">The job's latest word: phase, reason, samples applied; null when none was heard.</param>
/// <param name="Happened">What happened to the cluster, oldest first, and the time since the simulation began at which
/// it was told.</param>
/// <param name="Timeline">The job second by second.</param>
/// <param name="Links">What each link has carried.</param>
/// <param name="Time">Virtual time that it took.</param>
/// <param name="Turns">Turns of actors, arrivals and timers that were simulated.</param>
/// <param name="Violations"> What must never be, and was: a sample that counted twice or not at all, a version that
/// went back, an actor that failed as nobody expected. Empty when all is well.
/// </param>
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

    /// <summary>What happened to the cluster, oldest first.</summary>
    public IEnumerable<SupervisionEvent> Events => Happened.Select(happened => happened.Event);

    /// <summary>
    /// What its script, and whoever moved it on by hand, has done to the cluster: what was to come after its end has
    /// not been.
    /// </summary>
    public IEnumerable<(TimeSpan At, Fault Fault)> Faults =>
        Simulation.Script.Where(fault => fault.At <= Time).Concat(ByHand);

    /// <summary>
    /// Whether the job has ended, well or not; otherwise <see cref="Failure"/> says what it waits for.
    /// </summary>
    public bool HasEnded { get; init; } = true;

    /// <summary>The faults that were made by hand.</summary>
    internal IReadOnlyList<(TimeSpan At, Fault Fault)> ByHand { get; init; } = [];

    /// <summary>The events, and what came of the job, one a line: the same for the same seed, byte for byte.</summary>
    public string EventLog
    {
        get
        {
            var log = new StringBuilder();
            foreach (var (at, (_, kind, node, reason, remedy)) in Happened)
                log.Append(
                    CultureInfo.InvariantCulture,
                    $"{at.TotalSeconds:0.0000000} {kind} {node}: {reason}; {remedy}\n"
                );
            log.Append(
                CultureInfo.InvariantCulture,
                $"{Time.TotalSeconds:0.0000000} {Failure ?? "completed"}, {Turns} turns\n"
            );
            foreach (var worker in Report?.Workers ?? [])
                log.Append(
                    CultureInfo.InvariantCulture,
                    $"{NodeName.Of(worker.Node, worker.Restarts)}: {Plural.Of(worker.Samples, "sample")}, "
                        + $"{Plural.Of(worker.Pushes, "push", "pushes")}, staleness {worker.StalenessMean:0.000000}\n"
                );
            if (Model is not null)
                log.Append(
                    CultureInfo.InvariantCulture,
                    $"weights {HashOf(MemoryMarshal.AsBytes(Model.Parameters.Span))}\n"
                );
            return log.ToString();
        }
    }

    /// <summary>Passes a run whose job ended well and broke no law.</summary>
    /// <returns>This result.</returns>
    /// <exception cref="SimulationFailedException">
    /// It did not. The message says what was wrong (of a job that did not end: its phase, what it waits for, how far it
    /// came), what happened last, and the C# that runs it again.
    /// </exception>
    public SimulationResult ShouldBeSound() =>
        Failure is null && Violations.Count == 0 ? this : throw new SimulationFailedException(Complaint);

    /// <summary>
    /// The C# that runs it again, to the last bit: the job, the cluster with all that is not as by default, its script,
    /// and what was done to it by hand. What cannot be written down, such as engines of one's own, is a name that is
    /// not declared, with a comment that says what it was.
    /// </summary>
    public string ToCode() => SimulationCode.Of(Simulation, Job, ByHand);

    private string Complaint
    {
        get
        {
            var wrong = Failure is null
                ? "The job ended, but broke a law."
                : $"The job did not end as it should: {Failure}";
            List<string> lines = [wrong, .. Violations.Take(MostViolations)];
            if (Violations.Count > MostViolations)
                lines.Add($"and {Plural.Of(Violations.Count - MostViolations, "violation")} more");
            if (Failure is not null && Happened.Count > 0)
                lines.AddRange([
                    "",
                    "What happened last:",
                    .. Happened.TakeLast(LastEvents).Select(last => Line(last.At, last.Event)),
                ]);
            return string.Join("\n", [.. lines, "", "To run it again:", ToCode()]);
        }
    }

    private static string Line(TimeSpan at, SupervisionEvent happened) =>
        FormattableString.Invariant(
            $"  {at.TotalSeconds:0.000} s {happened.Kind} {happened.Node}: {happened.Reason}; {happened.Remedy}"
        );

    /// <summary>SHA-256 of <see cref="EventLog"/>.</summary>
    public string Hash => HashOf(Encoding.UTF8.GetBytes(EventLog));

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>A simulated run failed, or broke a law.</summary>
/// <param name="message">What was wrong.</param>
public sealed class SimulationFailedException(string message) : Exception(message);
