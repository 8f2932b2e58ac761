using Akka.Remote.Serialization;

namespace ActorTrain.Serialization;

/// <summary>
/// What a node of our own takes of one of Akka's serializers, by the names that messages have on the wire. Akka's own
/// would build whatever type a stranger names, deploy actors, or end those that are there.
/// </summary>
/// <param name="Name">The serializer's name in the configuration.</param>
/// <param name="Identifier">Its number on the wire.</param>
/// <param name="Content">What it carries, for a log.</param>
/// <param name="Serializer">Akka's class, as an assembly-qualified name; null where nothing of it is taken.</param>
/// <param name="Allowed">The messages that are taken; empty text stands for the only one of a serializer.</param>
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

    /// <summary>Those that are looked at, by name. The others of Akka carry bytes, numbers and texts alone.</summary>
    public static IReadOnlyDictionary<string, AkkaMessages> All { get; } =
        new[]
        {
            Nothing("json", 1, "an object of any type, as JSON"),
            Nothing("proto", 2, "a message of any protobuf type"),
            Nothing("daemon-create", 3, "the deployment of an actor"),
            Nothing("reliable-delivery", 36, "a message of reliable delivery"),
            // Members find each other, and gossip. That another leaves or is taken out is decided on a node itself.
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
            // Who is there, and the heartbeats of those that watch: no pills, no exceptions, no routers.
            new AkkaMessages(
                "akka-misc",
                16,
                "a message of Akka.Remote",
                typeof(MiscMessageSerializer).AssemblyQualifiedName,
                new HashSet<string> { "ID", "AID", "RWHB", "RWHR" }
            ),
            // To watch an actor, and to hear of its end: not to end, suspend or restart it.
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
