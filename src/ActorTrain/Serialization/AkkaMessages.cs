using Akka.Remote.Serialization;

namespace ActorTrain.Serialization;

/// <summary>
/// The messages of one of Akka's serializers that ActorTrain's nodes accept, by their names on the wire. Without the
/// list, Akka would build any type that a message names, deploy actors, or stop actors.
/// </summary>
/// <param name="Name">The serializer's name in the configuration.</param>
/// <param name="Identifier">Its number on the wire.</param>
/// <param name="Content">Its kind of messages, for the log.</param>
/// <param name="Serializer">Akka's class, as an assembly-qualified name; null where none of its messages is
/// accepted.</param>
/// <param name="Allowed">The accepted messages; an empty text is a serializer's only message.</param>
internal sealed record AkkaMessages(
    string Name,
    int Identifier,
    string Content,
    string? Serializer,
    IReadOnlySet<string> Allowed
)
{
    private const string Cluster = "Akka.Cluster.InternalClusterAction+";
    private const string System = "Akka.Dispatch.SysMsg.";

    /// <summary>
    /// The guarded serializers, by name. Akka's others have only bytes, numbers and texts in their messages.
    /// </summary>
    public static IReadOnlyDictionary<string, AkkaMessages> All { get; } =
        new[]
        {
            Nothing("json", 1, "an object of any type, as JSON"),
            Nothing("proto", 2, "a message of any protobuf type"),
            Nothing("daemon-create", 3, "the deployment of an actor"),
            Nothing("reliable-delivery", 36, "a message of reliable delivery"),
            // Joining, heartbeats and gossip. No message may cause a node to leave or to be downed.
            new AkkaMessages(
                "akka-cluster",
                5,
                "a message of the cluster",
                "Akka.Cluster.Serialization.ClusterMessageSerializer, Akka.Cluster",
                new HashSet<string>
                {
                    Cluster + "InitJoin, Akka.Cluster",
                    Cluster + "InitJoinAck, Akka.Cluster",
                    Cluster + "InitJoinNack, Akka.Cluster",
                    Cluster + "Join, Akka.Cluster",
                    Cluster + "Welcome, Akka.Cluster",
                    Cluster + "ExitingConfirmed, Akka.Cluster",
                    "Akka.Cluster.GossipStatus, Akka.Cluster",
                    "Akka.Cluster.GossipEnvelope, Akka.Cluster",
                    "Akka.Cluster.ClusterHeartbeatSender+Heartbeat, Akka.Cluster",
                    "Akka.Cluster.ClusterHeartbeatSender+HeartbeatRsp, Akka.Cluster",
                    "HB",
                    "HBR",
                }
            ),
            new AkkaMessages(
                "akka-containers",
                6,
                "a message to a selection of actors",
                typeof(MessageContainerSerializer).AssemblyQualifiedName,
                new HashSet<string> { "" }
            ),
            // Identification and the heartbeats of remote watching: no poison pills, no exceptions, no routers.
            new AkkaMessages(
                "akka-misc",
                16,
                "a message of Akka.Remote",
                typeof(MiscMessageSerializer).AssemblyQualifiedName,
                new HashSet<string> { "ID", "AID", "RWHB", "RWHR" }
            ),
            // Watching an actor and its termination: not to stop, suspend or restart it.
            new AkkaMessages(
                "akka-system-msg",
                22,
                "a system message",
                typeof(SystemMessageSerializer).AssemblyQualifiedName,
                new HashSet<string>
                {
                    System + "Watch, Akka",
                    System + "Unwatch, Akka",
                    System + "DeathWatchNotification, Akka",
                }
            ),
        }.ToDictionary(messages => messages.Name);

    private static AkkaMessages Nothing(string name, int identifier, string content) =>
        new(name, identifier, content, Serializer: null, new HashSet<string>());
}
