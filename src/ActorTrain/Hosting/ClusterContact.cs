using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>Finds the coordinator of a cluster again.</summary>
/// <param name="FindAsync">Finds it: <see cref="Found"/> or <see cref="NotFound"/>.</param>
/// <param name="Remember">Receives nodes of the cluster, <c>host:port</c>, to ask later.</param>
internal sealed record ClusterContact(Func<Task<object>> FindAsync, Action<IReadOnlyList<string>> Remember)
{
    /// <summary>There is a coordinator.</summary>
    public sealed record Found(IActorRef Coordinator);

    /// <summary>No node answers.</summary>
    public sealed record NotFound;
}
