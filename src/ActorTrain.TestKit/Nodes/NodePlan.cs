using ActorTrain.Worker;

namespace ActorTrain.TestKit.Nodes;

/// <summary>A node of a simulation.</summary>
/// <param name="Name">What it is called, in place of an address.</param>
/// <param name="Roles">What it hosts: of <see cref="Hosting.NodeRoles"/>.</param>
/// <param name="Speed">How fast it computes gradients; any for one that is no worker.</param>
public sealed record NodePlan(string Name, IReadOnlyList<string> Roles, Speed Speed)
{
    private static readonly DeviceDescription Processor = new("cpu", "simulated", 1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>What it computes on.</summary>
    public DeviceDescription Device { get; init; } = Processor;

    /// <summary>Time that it takes to make its engine ready: to load a library and data.</summary>
    public TimeSpan Loads { get; init; } = Second;

    /// <summary>The C# that makes it.</summary>
    public override string ToString()
    {
        var rest = new List<string>();
        if (Device != Processor) rest.Add($"Device = new DeviceDescription(\"{Device.Kind}\", \"{Device.Name}\", {Device.Threads}, {Device.MemoryBytes})");
        if (Loads != Second) rest.Add(FormattableString.Invariant($"Loads = TimeSpan.FromSeconds({Loads.TotalSeconds})"));
        return $"new NodePlan(\"{Name}\", [{string.Join(", ", Roles.Select(role => $"\"{role}\""))}], {Speed})" + (rest.Count == 0 ? "" : $" {{ {string.Join(", ", rest)} }}");
    }
}
