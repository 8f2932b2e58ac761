using Akka.Actor;

namespace ActorTrain.Hosting;

/// <summary>
/// A running node, which hosts what its roles name: in an actor system of its own (<see cref="StartAsync"/>), or in an
/// existing one (<see cref="ActorTrainExtension.StartNode"/>,
/// <see cref="ActorTrainHostingExtensions"/>).
/// </summary>
public abstract class ActorTrainNode : IAsyncDisposable
{
    private protected ActorTrainNode(ActorSystem system, IReadOnlyList<string> roles) =>
        (System, Roles) = (system, roles);

    /// <summary>The actor system that it runs in.</summary>
    public ActorSystem System { get; }

    /// <summary>What it hosts.</summary>
    public IReadOnlyList<string> Roles { get; }

    /// <summary>The address that other nodes use for it, with the port that was chosen.</summary>
    public abstract HostPort Address { get; }

    /// <summary>Completes when its actor system has joined the cluster (is Up).</summary>
    public abstract Task Joined { get; }

    /// <summary>Completes when the node has ended: stopped, or removed from the cluster.</summary>
    public abstract Task Terminated { get; }

    /// <summary>Whether there were other members when it joined.</summary>
    internal bool HasJoinedOthers { get; private protected set; }

    /// <summary>Why it has ended, as a clause; null while it runs, and where its log has the reason.</summary>
    internal string? EndReason { get; private protected set; }

    /// <summary>
    /// Starts a node in an actor system of its own. A seed is ready when this returns; another node keeps trying to
    /// join in the background until its seed answers.
    /// </summary>
    /// <exception cref="ActorTrainException">The port is in use, the host is not one of this machine's, or an option is
    /// invalid.</exception>
    public static Task<ActorTrainNode> StartAsync(
        StandaloneNodeOptions options,
        CancellationToken cancellation = default
    ) => StandaloneNode.StartAsync(options, cancellation);

    /// <summary>
    /// Leaves in order: returns its leases, and ends every actor and connection that the node has started. A node of
    /// its own leaves the cluster and ends its actor system. An embedded one leaves both as they are; if the
    /// coordinator was there, the cluster has none until that system leaves the cluster or starts a node again, and a
    /// running job fails.
    /// </summary>
    public abstract Task StopAsync(CancellationToken cancellation = default);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
