using System.Reflection;
using ActorTrain.Protocol;
using ActorTrain.Sentences;
using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>The reasons why a job ends without a result.</summary>
internal static class JobFailures
{
    public const string CanceledEarly = "the job was canceled before training began";
    public const string ClientGone = "its client is gone";
    public const string ServerLostEarly = "a server node was lost before training began";
    public const string TrainingStopped = "the coordinator has lost its counts by an error; its log says why";

    public static string TrainingFailed(Exception failure) =>
        $"the coordinator has lost its counts by an error: {CauseOf(failure)}";

    /// <summary>A server of an adopted job has not enrolled.</summary>
    public static string ServerMissing(string node) => $"the server node {node} is lost, and its shards with it";

    public static string ServerLost(PlacedShard shard, string reason) =>
        $"the server node {shard.Node} is lost ({reason.AsClause()}), and the weights of shard "
        + $"{shard.Place.Slice.Index} with it";

    public static string ShardRefused(ShardPlacementActor.Refused refused) =>
        $"server {refused.Node} cannot hold its shard: {refused.Reason}";

    public static string ShardFailed(ServerProtocol.ShardFailed failed) =>
        $"shard {failed.Index} has failed, and its weights are lost: {failed.Reason}";

    public static string ShardStopped(int shard) =>
        $"shard {shard} has stopped, and its weights are lost; the log of its node says why";

    // Akka and reflection wrap what a constructor throws.
    private static string CauseOf(Exception failure) =>
        failure is ActorInitializationException or TargetInvocationException && failure.InnerException is { } inner
            ? CauseOf(inner)
        : failure is ActorTrainException ? failure.AsClause()
        : failure.AsNamedClause();
}
