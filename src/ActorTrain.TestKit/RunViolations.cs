using ActorTrain.Job;
using ActorTrain.Sentences;

namespace ActorTrain.TestKit;

/// <summary>Finds the laws that a run broke: they hold whatever faults it had.</summary>
internal static class RunViolations
{
    /// <summary>One clause for each violation.</summary>
    /// <param name="lane">Violations that were seen on the lane.</param>
    /// <param name="errors">Errors that actors logged.</param>
    /// <param name="acknowledged">Samples that each shard said it had applied; several numbers where it was
    /// restored.</param>
    /// <param name="report">The job's report; null when the job failed or did not end.</param>
    public static IReadOnlyList<string> Find(
        IEnumerable<string> lane,
        IEnumerable<string> errors,
        ILookup<int, long> acknowledged,
        TrainingReport? report
    )
    {
        var violations = lane.Concat(errors.Select(error => $"an actor failed: {error}")).ToList();
        if (report is not null)
            violations.AddRange([.. InReport(report), .. InAcknowledged(acknowledged, report)]);
        return violations;
    }

    private static IEnumerable<string> InReport(TrainingReport report)
    {
        foreach (var epoch in report.Epochs.Where(epoch => epoch.Samples != report.Data.TrainSamples))
            yield return $"{Plural.Number(epoch.Samples)} of {Plural.Format(report.Data.TrainSamples, "sample")} of "
                + $"epoch {epoch.Epoch} were applied";
        if (report.SamplesApplied != report.SamplesExpected)
            yield return $"{Plural.Number(report.SamplesApplied)} of "
                + $"{Plural.Format(report.SamplesExpected, "sample")} were applied";
    }

    // A reply may be lost with its node; an applied sample never is, unless its shard is lost. A restored shard lacks
    // some of what the one before it had applied, and after a checkpoint there may be more shards than before.
    private static IEnumerable<string> InAcknowledged(ILookup<int, long> acknowledged, TrainingReport report)
    {
        var expected = report.SamplesExpected;
        var isResumed = report.Events.Any(raised => raised.Kind == SupervisionEventKinds.CheckpointResumed);
        return acknowledged
            .SelectMany(shard =>
                shard.Where(samples => shard.Count() == 1 && !isResumed ? samples != expected : samples > expected)
            )
            .Select(samples =>
                $"a shard said that it applied {Plural.Format(samples, "sample")} of {Plural.Number(expected)}"
            );
    }
}
