using ActorTrain.Serialization;
using Akka.Actor;

namespace ActorTrain.Protocol;

/// <summary>
/// Node and coordinator: which nodes there are. The coordinator keeps nothing on disk: nodes enrol again with a new
/// one.
/// </summary>
internal static class NodeProtocol
{
    /// <summary>Node → coordinator, until it is answered by <see cref="Enrolled"/>.</summary>
    /// <param name="Node">The node's address, <c>host:port</c>.</param>
    /// <param name="Roles">What it hosts.</param>
    /// <param name="Worker">Where jobs are announced to it; null without the role <c>worker</c>.</param>
    /// <param name="Server">Where shards are opened on it; null without the role <c>server</c> or
    /// <c>standby</c>.</param>
    /// <param name="Uid">The number of its actor system in the cluster, which differs after a restart.</param>
    /// <param name="Algorithms">The algorithms that were added to it.</param>
    /// <param name="MemoryBytes">Memory that its process may use, in bytes.</param>
    /// <param name="Results">Where results of jobs are kept on its disk; null where it keeps none.</param>
    /// <param name="Pending">Where the jobs are known that have not ended; null without the role <c>server</c> or
    /// <c>standby</c>.</param>
    /// <param name="Checkpoints">Where the checkpoints on its disk are known; null without the role <c>server</c> or
    /// <c>standby</c>.</param>
    public sealed record Enrol(
        string Node,
        string[] Roles,
        IActorRef? Worker,
        IActorRef? Server,
        int Uid = 0,
        string[]? Algorithms = null,
        long MemoryBytes = 0,
        IActorRef? Results = null,
        IActorRef? Pending = null,
        IActorRef? Checkpoints = null
    ) : IWireMessage;

    /// <summary>Coordinator → node.</summary>
    /// <param name="Coordinator">The coordinator itself, to be watched.</param>
    public sealed record Enrolled(IActorRef Coordinator) : IWireMessage;

    /// <summary>
    /// Node → coordinator → job: it is to leave in order, when what it has is on another node, too. Answered by
    /// <see cref="MayLeave"/>, or <see cref="ClientProtocol.Rejected"/> where no job trains.
    /// </summary>
    /// <param name="Node">Its address, <c>host:port</c>.</param>
    public sealed record Leaving(string Node) : ClientProtocol.IJobRequest;

    /// <summary>Job → node: what it has is on another node, too.</summary>
    public sealed record MayLeave : IWireMessage;

    /// <summary>Membership → coordinator, at its start: the members of the cluster.</summary>
    /// <param name="Nodes">Their addresses, <c>host:port</c>.</param>
    internal sealed record Members(IReadOnlyCollection<string> Nodes);

    /// <summary>Membership → coordinator → job: a node has left the cluster, in order or not.</summary>
    /// <param name="Node">Its address, <c>host:port</c>.</param>
    /// <param name="Reason">How it left.</param>
    /// <param name="Uid">The number of its actor system; null for any at the address.</param>
    /// <param name="HasLeft">Whether it left in order.</param>
    internal sealed record NodeLost(string Node, string Reason, int? Uid = null, bool HasLeft = false);

    /// <summary>Membership → coordinator → job: a node does not answer; it may come back.</summary>
    /// <param name="Node">Its address, <c>host:port</c>.</param>
    internal sealed record NodeUnreachable(string Node);

    /// <summary>Membership → coordinator → job: a node answers again.</summary>
    /// <param name="Node">Its address, <c>host:port</c>.</param>
    internal sealed record NodeReachable(string Node);

    /// <summary>Coordinator → job: a node has enrolled.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Restarts">Restarts of the node since the job began.</param>
    internal sealed record NodeJoined(Enrol Node, int Restarts = 0);
}
