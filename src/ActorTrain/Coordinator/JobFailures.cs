using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The reasons why a job ends without a result.</summary>
internal static class JobFailures
{
    public const string CanceledEarly = "the job was canceled before training began";
    public const string ClientGone = "its client was gone before it knew of its job";
    public const string AllLost = "its coordinator and its shards are lost";
    public const string CoordinatorFailed = "its coordinator failed; the log says why";
    public const string ServerLostEarly = "a server node was lost before training began";

    public const string NoCheckpointFolder =
        "the coordinator's machine has no folder for checkpoints; name one by actortrain.job.checkpoint.folder, or a "
        + "state folder by actortrain.state.folder";

    public const string NoCheckpointWriter =
        "the coordinator's node has neither the role server nor the role standby, and can hold no checkpoint";

    /// <summary>
    /// Counts that are lost with the training actor cannot be restored, and shards that were not placed are missing:
    /// the job fails and says why.
    /// </summary>
    public static SupervisorStrategy StrategyOf(IActorRef job, Func<bool> hasTrained) =>
        new OneForOneStrategy(failure =>
        {
            job.Tell(new JobTrainingProtocol.Failed(ByError(failure, hasTrained())));
            return Directive.Stop;
        });

    /// <summary>An actor of the job has failed: the one that trains, or before that the one that places the
    /// shards.</summary>
    public static string ByError(Exception failure, bool hasTrained)
    {
        // Akka wraps what a constructor throws.
        var cause = failure is ActorInitializationException { InnerException: { } inner } ? inner : failure;
        return (hasTrained ? "the coordinator has lost its counts by an error: " : "its shards cannot be placed: ")
            + cause.AsReason();
    }

    /// <summary>The answer to a client that follows a job which has ended, and whose result no node has.</summary>
    public static object WithoutResult(JobSummary ended) =>
        ended.KeptBy.Count > 0
            ? NoResult(ended, $"kept by {string.Join(" and ", ended.KeptBy)}, and no such node is here")
        : ended.Reason.Length > 0
            ? new ClientProtocol.Failed(
                ended.Reason,
                Trained: ended.SamplesApplied > 0,
                ended.Phase == JobPhase.Canceled
            )
        : NoResult(ended, "kept by no node");

    private static ClientProtocol.Rejected NoResult(JobSummary ended, string where) =>
        new($"the result of job {ended.JobId} is {where}", ClientProtocol.Rejection.NoResult);

    /// <summary>The last progress of a job whose actor has failed.</summary>
    public static JobProgress? OfCoordinator(JobProgress? last) =>
        last is null ? null : last with { Phase = JobPhase.Failed, Reason = CoordinatorFailed };

    public static string TooFewWorkers(string waiting, TimeSpan timeout) =>
        $"{waiting}, for longer than minimum-workers-timeout, {Wait(timeout)}";

    private static string Wait(TimeSpan time) =>
        time < TimeSpan.FromMinutes(2) ? $"{time.TotalSeconds:0.#} s" : Plural.Format(time.TotalMinutes, "minute");

    public static string ShardRefused(ShardPlacementActor.Refused refused) =>
        $"server {refused.Node} cannot hold its shard: {refused.Reason}";

    public static string CheckpointRefused(string server) => $"server {server} cannot hold its part of the checkpoint";

    public static string ShardFailed(ServerProtocol.ShardFailed failed) =>
        failed.Index == StandbyProtocol.Buffers
            ? $"the model's buffers have failed: {failed.Reason}"
            : $"shard {failed.Index} has failed, and its weights are lost: {failed.Reason}";
}
