using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Remedies;
using ActorTrain.Sentences;
using ActorTrain.Staleness;

namespace ActorTrain.Coordinator;

/// <summary>The texts of events about leases and refused pushes.</summary>
internal static class LeaseEvents
{
    /// <summary>A worker repeats a part of another's lease.</summary>
    public static EventDraft Repeated(string node, Lease lease, LeaseTable.Grant repeated) =>
        new(
            SupervisionEventKinds.LeaseRepeated,
            repeated.Holder,
            $"it still has {Plural.Format(repeated.Lease.Range.Count, "sample")} at the end of the epoch or step, "
                + "and others are idle",
            $"{node} repeats {lease.Range.Count} of them; the first result counts"
        );

    /// <summary>A lease was taken back because no push of its holder came.</summary>
    public static EventDraft Expired(LeaseTable.Grant expired, TimeSpan timeout, bool othersTrain) =>
        new(
            SupervisionEventKinds.LeaseExpired,
            expired.Holder,
            $"no push of it came for {timeout.TotalSeconds:0} s",
            TakenBack(expired.Lease.Range.Count, othersTrain)
        );

    /// <summary>What is done about the samples of a worker's lease.</summary>
    /// <param name="samples">How many they are.</param>
    /// <param name="othersTrain">Whether there is another worker to train on them.</param>
    public static string TakenBack(int samples, bool othersTrain) =>
        samples == 0 ? "it held no lease"
        : othersTrain ? Plural.Format(samples, "sample goes to others", "samples go to others")
        : Plural.Format(samples, "sample waits for a worker", "samples wait for a worker");

    /// <summary>A worker gets more or less work.</summary>
    public static EventDraft Create(StalenessMonitor.Change change) =>
        new(
            change.Demoted ? SupervisionEventKinds.WorkerDemoted : SupervisionEventKinds.WorkerPromoted,
            change.Node,
            change.Reason,
            change.Level switch
            {
                WorkLevel.Full => "it gets whole leases again",
                WorkLevel.Reduced => "it gets short leases",
                _ => "it only evaluates for a while",
            }
        );

    /// <summary>Pushes were refused; null where that is no event.</summary>
    public static EventDraft? Create(RejectionLog.Entry refused)
    {
        var pushes =
            refused.Pushes == 1
                ? "a push was refused"
                : Plural.Format(refused.Pushes, "push was refused", "pushes were refused");
        var action = $"its {Plural.Format(refused.Samples, "sample is", "samples are")} granted again";
        return refused.Refusal switch
        {
            Refusal.TooStale => new EventDraft(
                SupervisionEventKinds.GradientsTooStale,
                refused.Node,
                $"{pushes}: {refused.Reason}",
                action
            ),
            Refusal.NotFinite => new EventDraft(
                SupervisionEventKinds.GradientsNotFinite,
                refused.Node,
                $"{pushes}: {refused.Reason}",
                action
            ),
            // A duplicate, or a push of a past incarnation, has had its event before. With backup workers it is normal
            // that a push misses its step.
            _ => null,
        };
    }
}
