using ActorTrain.Supervision;

namespace ActorTrain.Hosting;

/// <summary>How far a node has come towards taking part in a job, as far as it knows.</summary>
internal sealed record NodeSituation
{
    /// <summary>The seed that it joins by; null where the actor system joins by itself.</summary>
    public HostPort? Seed { get; init; }

    /// <summary>The last answer of the seed's machine; null while it has not been asked.</summary>
    public PortProbe? SeedAnswer { get; init; }

    /// <summary>Why the last connection with the seed failed; null while none has.</summary>
    public string? SeedRefusal { get; init; }

    /// <summary>Its place in the cluster.</summary>
    public ClusterPlace Place { get; init; }

    /// <summary>Members that do not answer.</summary>
    public IReadOnlyList<string> Unreachable { get; init; } = [];

    /// <summary>Whether a member may hold the coordinator.</summary>
    public bool HasCoordinator { get; init; }

    /// <summary>Whether it is enrolled with a coordinator.</summary>
    public bool IsEnrolled { get; init; }

    /// <summary>How the coordinator's version differs; null where it does not or is unknown.</summary>
    public string? Difference { get; init; }

    /// <summary>Whether it takes part in a job.</summary>
    public bool HasJob { get; init; }

    /// <summary>What it waits for; null while it takes part in a job.</summary>
    public NodeWait? Wait =>
        Place switch
        {
            ClusterPlace.Outside => Seed is null
                ? new NodeWait("a cluster", "the actor system has not joined one")
                : new NodeWait($"the seed {Seed}", SeedProblem),
            ClusterPlace.Joining => new NodeWait("the cluster to let this node in", UnreachableMembers),
            _ when !HasCoordinator => new NodeWait("a coordinator", "the cluster has none"),
            _ when !IsEnrolled && Difference is not null => new NodeWait("a coordinator of this version", Difference),
            _ when !IsEnrolled => new NodeWait("the coordinator", "it does not answer"),
            _ when !HasJob => NodeWait.Job,
            _ => null,
        };

    private string? UnreachableMembers =>
        Unreachable.Count == 0
            ? null
            : $"it admits no node while {string.Join(", ", Unreachable)} "
                + $"{(Unreachable.Count == 1 ? "does" : "do")} not answer";

    private string SeedProblem =>
        SeedAnswer switch
        {
            null => "it has not let this node in yet",
            { Answer: PortAnswer.Refuses } => "nothing listens there (connection refused)",
            { Answer: PortAnswer.Silent } => "it does not answer",
            { Answer: PortAnswer.OutOfReach, Detail: var detail } => $"it cannot be reached ({detail})",
            _ when SeedRefusal is not null => $"it refuses this node: {SeedRefusal}",
            _ => "it listens, and has not let this node in: it may not reach this node at its --host, be in no cluster "
                + "itself, or be no ActorTrain seed",
        };
}

/// <summary>What a node waits for.</summary>
/// <param name="Awaited">What it waits for.</param>
/// <param name="Reason">Why that is not there, as a clause; null where nothing is known.</param>
internal sealed record NodeWait(string Awaited, string? Reason)
{
    /// <summary>The wait of a node that only lacks a job.</summary>
    public static NodeWait Job { get; } = new("a job", null);

    /// <summary>The wait as a sentence without its full stop.</summary>
    public override string ToString() => Reason is null ? $"waiting for {Awaited}" : $"waiting for {Awaited}: {Reason}";
}

/// <summary>A node's place in its cluster.</summary>
internal enum ClusterPlace
{
    /// <summary>It is in no cluster.</summary>
    Outside,

    /// <summary>The cluster has received its request to join; it is no member yet.</summary>
    Joining,

    /// <summary>It is a member.</summary>
    Member,
}
