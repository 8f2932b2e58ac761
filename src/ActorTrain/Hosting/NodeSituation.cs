using ActorTrain.Supervision;

namespace ActorTrain.Hosting;

/// <summary>How far a node has come on its way into a job, as it sees it.</summary>
internal sealed record NodeSituation
{
    /// <summary>The seed that it joins by; null where joining is not its own affair.</summary>
    public HostPort? Seed { get; init; }

    /// <summary>What the seed's machine said last; null while it has not been asked.</summary>
    public PortProbe? Answer { get; init; }

    /// <summary>Why a connection with the seed failed last; null while none has.</summary>
    public string? Refusal { get; init; }

    /// <summary>Where it stands in the cluster.</summary>
    public ClusterPlace Place { get; init; }

    /// <summary>Members that do not answer.</summary>
    public IReadOnlyList<string> Silent { get; init; } = [];

    /// <summary>Whether a member may hold the coordinator.</summary>
    public bool HasCoordinator { get; init; }

    /// <summary>Whether a coordinator knows it.</summary>
    public bool IsEnrolled { get; init; }

    /// <summary>How the coordinator's version differs; null where it does not, or is not known.</summary>
    public string? Difference { get; init; }

    /// <summary>Whether it takes part in a job.</summary>
    public bool HasJob { get; init; }

    /// <summary>What it waits for, as a sentence without its full stop; null while it takes part in a job.</summary>
    public string? Wait =>
        Place switch
        {
            ClusterPlace.Outside => Seed is null
                ? "waiting for a cluster: the actor system has not joined one"
                : $"waiting for the seed {Seed}: {OfSeed}",
            ClusterPlace.Joining => Silent.Count == 0
                ? "waiting for the cluster to let this node in"
                : "waiting for the cluster to let this node in: it takes nobody while "
                    + $"{string.Join(", ", Silent)} {(Silent.Count == 1 ? "does" : "do")} not answer",
            _ when !HasCoordinator => "waiting for a coordinator: the cluster has none",
            _ when !IsEnrolled && Difference is not null => $"waiting for a coordinator of this version: {Difference}",
            _ when !IsEnrolled => "waiting for the coordinator: it does not answer",
            _ when !HasJob => Job,
            _ => null,
        };

    /// <summary>What a node waits for that lacks nothing.</summary>
    public const string Job = "waiting for a job";

    private string OfSeed =>
        Answer switch
        {
            null => "it has not let this node in yet",
            { Answer: PortAnswer.Refuses } => "nothing listens there (connection refused)",
            { Answer: PortAnswer.Silent } => "it does not answer",
            { Answer: PortAnswer.OutOfReach, Detail: var detail } => $"it cannot be reached ({detail})",
            _ when Refusal is not null => $"it refuses this node: {Refusal}",
            _ => "it listens, and has not let this node in; it may be in no cluster itself, or no ActorTrain seed",
        };
}

/// <summary>Where a node stands in its cluster.</summary>
internal enum ClusterPlace
{
    /// <summary>In none.</summary>
    Outside,

    /// <summary>It has been heard, and is not a member yet.</summary>
    Joining,

    /// <summary>It is a member.</summary>
    Member,
}
