using ActorTrain.Engines;
using ActorTrain.Sentences;
using ActorTrain.Server;
using static ActorTrain.Job.SupervisionEventKinds;

namespace ActorTrain.Coordinator;

/// <summary>The texts of events about a job as a whole.</summary>
internal static class JobEvents
{
    private const string Requested = "it was asked for";

    /// <summary>The workers train on other data than the job names.</summary>
    /// <param name="dataset">The data set that the job names.</param>
    /// <param name="substitute">What they have instead.</param>
    public static EventDraft DataSubstituted(DatasetDescription dataset, string substitute) =>
        new(
            Job.SupervisionEventKinds.DataSubstituted,
            "",
            $"the workers do not have the data set {dataset.Name} itself",
            $"the job trains on {substitute}, {Plural.Format(dataset.TrainSamples, "sample")} and "
                + $"{Plural.Number(dataset.TestSamples)} to test on"
        );

    /// <summary>A checkpoint is on the disk.</summary>
    /// <param name="written">The checkpoint.</param>
    /// <param name="waited">How long nothing was granted; null where the job has ended.</param>
    public static EventDraft CheckpointWritten(CheckpointActor.Written written, TimeSpan? waited) =>
        new(
            Job.SupervisionEventKinds.CheckpointWritten,
            "",
            (waited is null ? "the job ends" : "it was due")
                + $", with {Plural.Format(written.Samples, "sample")} applied",
            $"it is {written.Folder}"
                + (waited is { } time ? $"; training waited {Plural.Number((long)time.TotalMilliseconds)} ms" : "")
        );

    /// <summary>A checkpoint is not on the disk.</summary>
    public static EventDraft CheckpointFailed(string reason) =>
        new(Job.SupervisionEventKinds.CheckpointFailed, "", reason, "training goes on, and the next is tried soon");

    /// <summary>The job goes on from a checkpoint.</summary>
    public static IEnumerable<EventDraft> Resumed(ResumedJob resumed, long samplesApplied)
    {
        foreach (var damage in resumed.Found.Damaged)
            yield return new(CheckpointDamaged, "", damage, "the one before is tried");
        yield return new(
            CheckpointResumed,
            "",
            resumed.Interruption
                ?? (
                    resumed.Changes.Count == 0
                        ? Requested
                        : $"it was asked for, with {string.Join(", ", resumed.Changes)}"
                ),
            $"training goes on from {resumed.Found.Path} with {Plural.Format(samplesApplied, "sample")} applied"
        );
    }

    /// <summary>The job was adopted, or some of its shards were restored.</summary>
    public static IEnumerable<EventDraft> Adopted(JobTrainingProtocol.Adopted adopted, long samplesApplied)
    {
        if (adopted.IsMoved)
            yield return CoordinatorMoved(samplesApplied);
        foreach (var worker in adopted.Lost ?? [])
            yield return WorkerEvents.Lost(worker, "its node is gone", "what it had not pushed goes to others");
        if (adopted.Resumed is { } resumed)
            foreach (var draft in Resumed(resumed, samplesApplied))
                yield return draft;
        foreach (var source in adopted.Restored ?? [])
            yield return new(
                ShardRestored,
                source.Node,
                $"shard {source.Shard} is gone with its node",
                $"its copy goes on from version {Plural.Number(source.Snapshot!.Version)}, and what it may lack is "
                    + $"trained again; {Plural.Format(samplesApplied, "sample")} applied"
            );
    }

    /// <summary>The job was adopted.</summary>
    public static EventDraft CoordinatorMoved(long samplesApplied) =>
        new(
            Job.SupervisionEventKinds.CoordinatorMoved,
            "",
            "the coordinator's node is gone",
            $"another goes on with {Plural.Format(samplesApplied, "sample")} applied"
        );

    public static EventDraft Paused() =>
        new(JobPaused, "", Requested, "workers finish what they hold, and get no more");

    public static EventDraft Resumed() => new(JobResumed, "", Requested, "leases and evaluations are granted again");

    /// <summary>A client has changed a policy.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="options">The new one.</param>
    public static EventDraft PolicyChanged(string kind, object options) =>
        new(kind, "", Requested, $"from now on {options}");
}
