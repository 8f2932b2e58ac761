using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>A running node: one ActorSystem in a cluster, with what its roles say.</summary>
public sealed class ActorTrainNode : IAsyncDisposable
{
    /// <summary>Starts a node. A seed is ready when this returns; a node that joins goes on trying in the background until the seed is there.</summary>
    /// <exception cref="ActorTrainException">The port is in use, the host is not one of this machine's, or an option makes no sense.</exception>
    public static Task<ActorTrainNode> StartAsync(NodeOptions options, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>The actor system.</summary>
    public ActorSystem System => throw new NotImplementedException();

    /// <summary>The address that others join by, with the port that was chosen.</summary>
    public HostPort Address => throw new NotImplementedException();

    /// <summary>Completes when the node has joined the cluster (is Up).</summary>
    public Task Joined => throw new NotImplementedException();

    /// <summary>Completes when the node has ended: stopped, or removed from the cluster.</summary>
    public Task Terminated => throw new NotImplementedException();

    /// <summary>Leaves in order: gives leases back, leaves the cluster, ends the actor system.</summary>
    public Task StopAsync() => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
