namespace ActorTrain.Job;

/// <summary>A job of a cluster, waiting, running or ended.</summary>
/// <param name="JobId">Its id, unique in the cluster.</param>
/// <param name="Job">Its name.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="Reason">Why it is in that phase; empty where there is no special reason.</param>
/// <param name="Submitter">Who submitted it, as user@machine.</param>
/// <param name="Submitted">When it was submitted.</param>
/// <param name="Ended">When it ended; null while it has not.</param>
/// <param name="SamplesApplied">Samples applied so far.</param>
/// <param name="SamplesExpected">Samples in total; 0 while that is unknown.</param>
public sealed record JobSummary(
    string JobId,
    string Job,
    JobPhase Phase,
    string Reason,
    string Submitter,
    DateTimeOffset Submitted,
    DateTimeOffset? Ended,
    long SamplesApplied,
    long SamplesExpected
)
{
    /// <summary>The nodes that keep its result on disk, <c>host:port</c>; none where there is no result.</summary>
    public IReadOnlyList<string> KeptBy { get; init; } = [];
}
