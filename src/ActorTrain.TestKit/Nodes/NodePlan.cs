using ActorTrain.Hosting;
using ActorTrain.Settings;
using ActorTrain.TestKit.Replaying;
using ActorTrain.Worker;

namespace ActorTrain.TestKit.Nodes;

/// <summary>A node of a simulation.</summary>
/// <param name="Name">What it is called, in place of an address: any text on one line.</param>
/// <param name="Roles">What it hosts: one or more of <see cref="NodeRoles"/>.</param>
/// <param name="Speed">How fast it computes gradients; any for one that is no worker.</param>
/// <exception cref="ActorTrainException">One of them cannot be.</exception>
public sealed record NodePlan(string Name, IReadOnlyList<string> Roles, Speed Speed)
{
    private const string NameAt = "NodePlan.Name";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>What it is called.</summary>
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

    /// <summary>What it computes on.</summary>
    public DeviceDescription Device
    {
        get;
        init => field = Checked.There("NodePlan.Device", value, "what the node computes on");
    } = Processor;

    /// <summary>Time that it takes to make its engine ready, to load a library and data: 0 or more.</summary>
    public TimeSpan Loads
    {
        get;
        init => field = Checked.Time("NodePlan.Loads", value);
    } = Second;

    internal static DeviceDescription Processor { get; } = new("cpu", "simulated", 1);

    /// <summary>The node that submits the job: no part of the cluster.</summary>
    internal static NodePlan Client { get; } = new("client", [], Speed.Constant(1));

    /// <summary>The C# that makes it.</summary>
    public override string ToString()
    {
        var rest = new List<string>();
        if (Device != Processor)
            rest.Add($"Device = {Code(Device)}");
        if (Loads != Second)
            rest.Add($"Loads = {CSharp.Of(Loads)}");
        return $"new NodePlan({CSharp.Of(Name)}, [{CSharp.Listed(Roles)}], {Speed})"
            + (rest.Count == 0 ? "" : $" {{ {string.Join(", ", rest)} }}");
    }

    private static string Code(DeviceDescription device) =>
        $"new DeviceDescription({CSharp.Listed([device.Kind, device.Name])}, {device.Threads}, {device.MemoryBytes})";

    private static IReadOnlyList<string> RolesOf(IReadOnlyList<string> roles)
    {
        var all = string.Join(", ", NodeRoles.All);
        Checked.There("NodePlan.Roles", roles, $"one or more of {all}");
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
            : throw Checked.Wrong("NodePlan.Roles", string.Join(", ", roles), $"each of {all} once at most");
    }

    private static Speed SpeedOf(Speed speed) =>
        Checked.There("NodePlan.Speed", speed, "a speed, such as Speed.Constant(1000)");
}
