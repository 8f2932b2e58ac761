namespace ActorTrain;

/// <summary>What a node can host.</summary>
public static class NodeRoles
{
    /// <summary>May hold the cluster's one coordinator.</summary>
    public const string Coordinator = "coordinator";

    /// <summary>Holds parameter shards.</summary>
    public const string Server = "server";

    /// <summary>Holds copies of parameter shards, and goes on with them where their node is lost. A node with the role
    /// <c>server</c> does so, too.</summary>
    public const string Standby = "standby";

    /// <summary>Computes gradients.</summary>
    public const string Worker = "worker";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Coordinator, Server, Standby, Worker];
}
