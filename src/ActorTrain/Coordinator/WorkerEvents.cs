using ActorTrain.Protocol;
using ActorTrain.Sentences;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>The texts of events about workers.</summary>
internal static class WorkerEvents
{
    public static EventDraft Joined(WorkerRecord worker, double samplesPerSecond, bool isPaused) =>
        new(
            WorkerJoined,
            worker.Node,
            samplesPerSecond > 0
                ? $"{worker.Device} is ready, at {Rate.Format(samplesPerSecond)} samples/s by its own measurement"
                : $"{worker.Device} is ready; its speed is not measured yet",
            isPaused ? "it gets leases when the job goes on" : "it gets leases"
        );

    /// <summary>A worker does not fit the job, or cannot prepare.</summary>
    public static EventDraft Refused(string node, string reason) =>
        new(WorkerRefused, node, reason, "it takes no part in the job");

    /// <summary>A worker cannot reach a server by the tensor lane.</summary>
    public static EventDraft LaneBroken(string node, string trouble) =>
        new(Job.SupervisionEventKinds.LaneBroken, node, trouble, "it takes part as soon as the lane works");

    public static EventDraft OutOfMemory(WorkerProtocol.OutOfMemory shortage) =>
        new(
            Job.SupervisionEventKinds.OutOfMemory,
            shortage.Worker.Node,
            $"{Plural.Format(shortage.Samples, "sample is", "samples are")} too many for its device: "
                + shortage.Reason.AsClause(),
            $"it goes on with {shortage.Most} at once"
        );

    /// <param name="withdrawn">The worker's message.</param>
    /// <param name="takenBack">What is done about its samples.</param>
    public static EventDraft Withdrawn(WorkerProtocol.Withdrawn withdrawn, string takenBack) =>
        new(
            withdrawn.Failed ? WorkerFailed : WorkerLeft,
            withdrawn.Worker.Node,
            withdrawn.Reason,
            withdrawn.Returns ? $"{takenBack}; it comes back with a new engine" : takenBack
        );

    /// <param name="node">The worker's node.</param>
    /// <param name="reason">How it was lost.</param>
    /// <param name="takenBack">What is done about its samples.</param>
    public static EventDraft Lost(string node, string reason, string takenBack) =>
        new(WorkerLost, node, reason, takenBack);

    /// <param name="node">The worker's node.</param>
    /// <param name="reason">Why it counts as unreachable.</param>
    /// <param name="takenBack">What is done about its samples.</param>
    public static EventDraft Unreachable(string node, string reason, string takenBack) =>
        new(WorkerUnreachable, node, reason, $"{takenBack}; what it still pushes is refused");

    public static EventDraft Reachable(string node) =>
        new(WorkerReachable, node, "it answers heartbeats again", "it joins the job again");

    /// <param name="node">The worker's node.</param>
    /// <param name="reason">Why it is quarantined.</param>
    /// <param name="takenBack">What is done about its samples.</param>
    public static EventDraft Quarantined(string node, string reason, string takenBack) =>
        new(WorkerQuarantined, node, reason, $"it gets no more leases; {takenBack}");
}
