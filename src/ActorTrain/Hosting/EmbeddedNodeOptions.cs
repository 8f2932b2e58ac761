using ActorTrain.Worker;

namespace ActorTrain.Hosting;

/// <summary>
/// What a node hosts inside an actor system that is already there. Where that is, and who is in its cluster, is the
/// system's own affair.
/// </summary>
/// <param name="Roles">Any of <c>coordinator</c>, <c>server</c>, <c>worker</c>. They are not the cluster's roles, and
/// change none of them.</param>
public sealed record EmbeddedNodeOptions(params IReadOnlyList<string> Roles)
{
    /// <summary>Makes the engines of a node with the role <c>worker</c>.</summary>
    public IEngineFactory? Engines { get; init; }
}
