namespace ActorTrain.Balancing;

/// <summary>How work follows throughput: section <c>actortrain.job.balance</c>.</summary>
/// <param name="MicroBatch">Whether micro-batches follow throughput, at a constant global batch; otherwise all are the
/// job's batch.</param>
/// <param name="Lease">Whether leases follow throughput and shrink at the end of an epoch; otherwise all are equally
/// long.</param>
/// <param name="Repeat">Whether an idle worker repeats what a slower one still has to do when nothing else is left; the
/// first result counts.</param>
public sealed record BalanceOptions(bool MicroBatch = true, bool Lease = true, bool Repeat = true);
