using ActorTrain.Engines;
using ActorTrain.Settings;
using ActorTrain.TestKit.Replaying;

namespace ActorTrain.TestKit.Nodes;

/// <summary>A node of a simulation.</summary>
/// <param name="Name">Its name, in place of an address: any text on one line.</param>
/// <param name="Roles">What it hosts: one or more of <see cref="NodeRoles"/>.</param>
/// <param name="Speed">How fast it computes gradients; ignored for a node that is no worker.</param>
/// <exception cref="ActorTrainException">A value is not valid.</exception>
public sealed record NodePlan(string Name, IReadOnlyList<string> Roles, Speed Speed)
{
    private const string NameAt = "NodePlan.Name";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Its name.</summary>
    public string Name
    {
        get;
        init => field = Checked.Node(NameAt, value);
    } = Checked.Node(NameAt, Name);

    /// <summary>What it hosts.</summary>
    public IReadOnlyList<string> Roles
    {
        get;
        init => field = RolesOf(value);
    } = RolesOf(Roles);

    /// <summary>How fast it computes gradients.</summary>
    public Speed Speed
    {
        get;
        init => field = SpeedOf(value);
    } = SpeedOf(Speed);

    /// <summary>The device that it computes on.</summary>
    public DeviceDescription Device
    {
        get;
        init => field = Checked.NotNull("NodePlan.Device", value, "what the node computes on");
    } = Processor;

    /// <summary>Time to prepare its engine, such as loading a library and data, 0 or more.</summary>
    public TimeSpan Loads
    {
        get;
        init => field = Checked.Time("NodePlan.Loads", value);
    } = Second;

    internal static DeviceDescription Processor { get; } = new("cpu", "simulated", 1);

    /// <summary>The node that submits the job; not a member of the cluster.</summary>
    internal static NodePlan Client { get; } = new("client", [], Speed.Constant(1));

    /// <summary>The C# that creates it.</summary>
    public override string ToString()
    {
        var rest = new List<string>();
        if (Device != Processor)
            rest.Add($"Device = {Code(Device)}");
        if (Loads != Second)
            rest.Add($"Loads = {CSharp.Literal(Loads)}");
        return $"new NodePlan({CSharp.Literal(Name)}, [{CSharp.Listed(Roles)}], {Speed})"
            + (rest.Count == 0 ? "" : $" {{ {string.Join(", ", rest)} }}");
    }

    private static string Code(DeviceDescription device) =>
        $"new DeviceDescription({CSharp.Listed([device.Kind, device.Name])}, {device.Threads}, {device.MemoryBytes})";

    private static IReadOnlyList<string> RolesOf(IReadOnlyList<string> roles)
    {
        var all = string.Join(", ", NodeRoles.All);
        Checked.NotNull("NodePlan.Roles", roles, $"one or more of {all}");
        if (roles.FirstOrDefault(role => !NodeRoles.All.Contains(role)) is { } unknown)
            throw new ActorTrainException(
                $"NodePlan.Roles has '{unknown}'; "
                    + (
                        Spelling.Nearest(unknown, NodeRoles.All) is { } near
                            ? $"did you mean {near}?"
                            : $"roles are {all}."
                    )
            );
        return roles.Distinct().Count() == roles.Count
            ? roles
            : throw Checked.Error("NodePlan.Roles", string.Join(", ", roles), $"each of {all} once at most");
    }

    private static Speed SpeedOf(Speed speed) =>
        Checked.NotNull("NodePlan.Speed", speed, "a speed, such as Speed.Constant(1000)");
}
