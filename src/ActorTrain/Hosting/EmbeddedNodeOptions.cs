using ActorTrain.Engines;

namespace ActorTrain.Hosting;

/// <summary>
/// What a node hosts inside an existing actor system. Address and cluster membership are the system's own settings.
/// </summary>
/// <param name="Roles">Any of <c>coordinator</c>, <c>server</c>, <c>worker</c>. They are not cluster roles, and change
/// none.</param>
public sealed record EmbeddedNodeOptions(params IReadOnlyList<string> Roles)
{
    /// <summary>Creates the engines of a node with the role <c>worker</c>.</summary>
    public IEngineFactory? Engines { get; init; }
}
