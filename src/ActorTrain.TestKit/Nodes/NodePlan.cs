using ActorTrain.Worker;

namespace ActorTrain.TestKit.Nodes;

/// <summary>A node of a simulation.</summary>
/// <param name="Name">What it is called, in place of an address.</param>
/// <param name="Roles">What it hosts: of <see cref="Hosting.NodeRoles"/>.</param>
/// <param name="Speed">How fast it computes gradients; any for one that is no worker.</param>
public sealed record NodePlan(string Name, IReadOnlyList<string> Roles, Speed Speed)
{
    /// <summary>What it computes on.</summary>
    public DeviceDescription Device { get; init; } = new("cpu", "simulated", 1, 0);

    /// <summary>Time that it takes to make its engine ready: to load a library and data.</summary>
    public TimeSpan Loads { get; init; } = TimeSpan.FromSeconds(1);
}
