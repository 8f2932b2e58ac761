using ActorTrain.Leases;
using ActorTrain.Sentences;
using ActorTrain.Staleness;
using ActorTrain.Supervision;

namespace ActorTrain.Coordinator;

/// <summary>What is told of leases, in words.</summary>
internal static class LeaseOccurrences
{
    /// <summary>A worker repeats a part of what another holds.</summary>
    public static Occurrence Repeated(string node, Lease lease, LeaseBook.Grant repeated) =>
        new(
            SupervisionEventKinds.LeaseRepeated,
            repeated.Holder,
            $"it still has {Plural.Of(repeated.Lease.Stretch.Count, "sample")} at the end of the epoch or step, "
                + "and others are idle",
            $"{node} repeats {lease.Stretch.Count} of them; the first result counts"
        );

    /// <summary>What becomes of the samples that a worker held, in words.</summary>
    /// <param name="samples">How many they are.</param>
    /// <param name="othersTrain">Whether there is another worker to do them.</param>
    public static string TakenBack(int samples, bool othersTrain) =>
        samples == 0 ? "it held no lease"
        : othersTrain ? Plural.Of(samples, "sample goes to others", "samples go to others")
        : Plural.Of(samples, "sample waits for a worker", "samples wait for a worker");

    /// <summary>A worker gets more or less work.</summary>
    public static Occurrence Of(StalenessWatch.Change change) =>
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

    /// <summary>Pushes were refused; null where there is nothing to tell.</summary>
    public static Occurrence? Of(RefusalLog.Entry refused)
    {
        var pushes =
            refused.Pushes == 1
                ? "a push was refused"
                : Plural.Of(refused.Pushes, "push was refused", "pushes were refused");
        var remedy = $"its {Plural.Of(refused.Samples, "sample goes", "samples go")} back to be done again";
        return refused.Refusal switch
        {
            Refusal.TooStale => new Occurrence(
                SupervisionEventKinds.GradientsTooStale,
                refused.Node,
                $"{pushes}: {refused.Reason}",
                remedy
            ),
            Refusal.NotFinite => new Occurrence(
                SupervisionEventKinds.GradientsNotFinite,
                refused.Node,
                $"{pushes}: {refused.Reason}",
                remedy
            ),
            // Work that was done twice, or by a life that had ended: what was done about it has been told already. What
            // came too late for a step is not worth a word.
            _ => null,
        };
    }
}
