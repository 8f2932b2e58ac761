namespace ActorTrain.TestKit.Membership;

/// <summary>What the cluster's membership takes its time for. The defaults are what the real one was measured to take, with the defaults of reference.conf.</summary>
public sealed record MembershipTimes
{
    /// <summary>From a node's start until it is a member.</summary>
    public TimeSpan Join { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Until a killed process is known to be gone, where its machine can be reached.</summary>
    public TimeSpan Gone { get; init; } = TimeSpan.FromSeconds(0.4);

    /// <summary>Silence after which a node is unreachable.</summary>
    public TimeSpan Unreachable { get; init; } = TimeSpan.FromSeconds(4.6);

    /// <summary>From when a node is taken out until all members know, and those who watch its actors hear of it.</summary>
    public TimeSpan Removed { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at who is reachable.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>From the loss of the coordinator's node until another coordinator begins.</summary>
    public TimeSpan CoordinatorMoves { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From when a node has found that it was taken out until its process has started again.</summary>
    public TimeSpan Restart { get; init; } = TimeSpan.FromSeconds(3);
}
